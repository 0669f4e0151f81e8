"""Why a file can't be read at all, and what its sender should do next."""

MESSAGES: dict[str, str] = {
    "not-found": "找不到这个文件。请检查路径或重新选择文件。",
    "empty-file": "文件是空的（0 字节）。可能上传中断了，请重新上传原文件。",
    "truncated": "文件不完整，可能在复制或上传途中断掉了。请在原电脑上确认能打开，再重新上传。",
    "corrupt": "文件已损坏，无法打开。请用 Excel 或 WPS 打开原文件，另存为新的 .xlsx 后再上传。",
    "corrupt-text": "文本表格第 {detail} 行格式错误，后面无法继续读。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
    "encrypted": "文件设了打开密码或加密，系统读不到内容。请在 Excel 或 WPS 中取消密码保护、另存后再上传。",
    "word": "这是 Word 文档，不是表格。请把名单复制到 Excel 表格中，另存为 .xlsx 后再上传。",
    "archive": "这是压缩包，不是表格。请先解压，再上传里面的 Excel 文件。",
    "web-page": "文件扩展名虽是表格，内容却是网页格式（系统导出常见）。请用 Excel 或 WPS 打开它，另存为 .xlsx 后再上传。",
    "other-format": "这是{detail}文件，不是表格。请上传 .xlsx、.xls 或 .csv 文件。",
    "not-a-workbook": "这个文件不是表格。请上传 .xlsx、.xls 或 .csv 文件。",
    "bomb": "文件解压后异常巨大，不像正常名单，系统已拒绝读取。请把名单复制到新建的空白工作簿中另存后再上传。",
    "sparse": "工作表在第 {detail} 行或最右边还有孤立的内容，整张表被撑得异常巨大，系统已拒绝读取。"
    "请删除名单以外的行和列（或把名单复制到新建工作簿），另存后再上传。",
    "sheets": "工作簿里有 {detail} 张工作表，太多了，系统已拒绝读取。请把名单合并到较少的工作表，或分成几个文件后再上传。",
    "memory": "文件太大，读取时超出了内存上限，系统已停止读取。请按乡镇拆成几个文件，或把名单复制到新建工作簿中另存后再上传。",
    "time": "文件读取时间过长，系统已停止读取。请把名单复制到新建的空白工作簿中另存，或按乡镇拆成几个文件后再上传。",
    "stopped": "文件内容异常，读取程序已被中止。请把名单复制到新建的空白工作簿中另存后再上传。",
    "empty-sheet": "工作簿里没有任何内容。请确认是否选错了文件，或名单所在的工作表未保存。",
    "no-heading": "没有找到表头（如“姓名”“身份证号”所在的一行）。请确认名单有表头行；若列名特殊，可下载模板对照修改后再上传。",
    "no-rows": "工作表“{detail}”只有表头，没有一行数据。请确认是否选错了文件；若本期确实没有人员，不必上传空表，书面告知住建部门即可。",
    "mapping": "文件里没有名为“{detail}”的列，列的对应关系无法使用。请重新选择各列的对应关系。",
    "missing-columns": "表头里缺少必需的列：{detail}。请补上这些列，或在“列对应”页面指出它们是哪一列。",
}


class Unreadable(Exception):
    """A file that can't be read; ``code`` for programs, ``message`` for its sender (Chinese, says what to do next)."""

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.message = MESSAGES.get(code, MESSAGES["stopped"]).format(detail=detail)
        super().__init__(self.message)
