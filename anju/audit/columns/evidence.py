"""Kept files, albums and photos."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "evidence_album": {
        "owner": _("属于哪个对象"), "expected_lng": _("应在位置经度"), "expected_lat": _("应在位置纬度"), "expected_basis": _("应在位置的依据"),
        "radius_m": _("最远距离（米）"), "since": _("最早拍摄时间"), "until": _("最晚拍摄时间"),
    },
    "evidence_fingerprint": {
        "photo_id": _("照片"), "signs": _("画面特征"), "band0": _("画面特征第一段"), "band1": _("画面特征第二段"), "band2": _("画面特征第三段"),
        "band3": _("画面特征第四段"), "pattern": _("画面特征全文"),
    },
    "evidence_photo": {
        "thumb_id": _("缩略图"), "width": _("宽（像素）"), "height": _("高（像素）"), "original_sha256": _("原片摘要"),
        "original_sm3": _("原片摘要（SM3）"), "original_size": _("原片大小（字节）"), "content_sha256": _("画面摘要"), "content_sm3": _("画面摘要（SM3）"),
        "system": _("坐标系"), "accuracy_m": _("定位误差（米）"), "place_from": _("位置来自"), "distance_m": _("偏离（米）"), "distance_to": _("偏离哪里"),
        "taken_at": _("拍摄时间"), "camera": _("相机"), "software": _("处理软件"), "visibility": _("是否公开"), "people_in_frame": _("画面有人"),
        "householder_in_frame": _("户主在画面中"), "findings": _("疑点"), "details": _("疑点的数值"), "explanation": _("对疑点的说明"),
        "explained_by_id": _("说明人"), "explained_at": _("说明时间"),
    },
    "evidence_storedfile": {
        "name": _("文件名"), "media_type": _("文件类型"),
    },
}  # fmt: skip
