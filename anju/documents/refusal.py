"""Why a paper isn't made, in one sentence each."""

_SENTENCES = {
    "picture": "有一张照片不是 JPEG 或 PNG，或者已经损坏，文书没有生成。请重新上传这张照片。",
    "picture-large": "有一张照片太大（{detail} 字节），文书没有生成。请压缩后重新上传。",
    "long-line": "有一项编号或名称太长（{detail} 字），文书没有生成。请缩短后再试。",
    "too-long": "有一项内容太长（{detail} 字），文书没有生成。请缩短后再试。",
    "paper": "有一份材料不是 PDF，或者已经损坏、设有密码，没有合成。请重新上传这份材料。",
    "too-many-pages": "全部材料超过 {detail} 页，没有合成。请分册。",
    "overfull": "内容太多，这种文书的一页放不下。请缩短后再试。",
    "too-many": "内容太多，一份文书放不下。请减少条目后再试。",
    "too-large": "内容加照片太大（{detail} 字节），文书没有生成。请减少照片后再试。",
    "time": "文书排版用时太长，已停止。请减少内容后再试。",
    "memory": "文书排版需要的内存太多，已停止。请减少内容后再试。",
    "stopped": "文书排版中断，没有生成。请再试一次。",
    "template": "文书模板有误：{detail}",
}


class Unprintable(Exception):
    """A paper can't be made; its text says what to do. ``reason`` is the code, ``at`` which of several (from 0) where that is known."""

    def __init__(self, reason: str, detail: object = "", at: int | None = None) -> None:
        super().__init__(reason, detail, at)
        self.reason, self.detail, self.at = reason, detail, at

    def __str__(self) -> str:
        sentence = _SENTENCES[self.reason].format(detail=self.detail)
        return sentence if self.at is None else f"第 {self.at + 1} 份：{sentence}"
