"""File extensions that IBM lists for uploads, and a few that its list plainly forgot (spec/ibm §6.10)."""

LISTED = frozenset(
    {
        "7z", "ace", "ams", "arm", "asp", "bash", "history", "bkp", "big", "bmp", "bz2", "ca", "ca-bundle",
        "ca-crt", "cabundle", "cap", "cer", "cert", "cfg", "cnf", "crt", "csr", "csv", "dat", "dbs", "debug",
        "dib", "dmesg", "dmp", "doc", "docx", "dotx", "dump", "email", "eml", "emz", "env", "eps", "error",
        "evt", "evtx", "fragment", "gif", "gz", "gz_aa", "gz_ab", "gz_ac", "har", "hosts", "htaccess", "html",
        "iaf", "ics", "id", "img", "info", "jpb", "jpe", "jpeg", "jpg", "key", "lic", "log", "lst", "lzh",
        "mai", "md5", "mib", "mjpg", "msg", "mso", "odp", "ods", "odt", "oft", "openssh", "out", "ovf",
        "ovpn", "p7b", "p7s", "pages", "pcap", "pcf", "pcx", "pdb", "pem", "pfx", "pic", "pix", "png", "ppk",
        "ppt", "pptx", "psd", "psp", "pspimage", "pub_key", "rar", "raw", "rdp", "req", "rpt", "rtf", "snag",
        "sql", "ssh", "stats", "sth", "svg", "sxc", "tar", "targz", "tbz2", "tcpdump", "text", "tgz",
        "tgz-aa", "tgz-ab", "tgz-ac", "tgz-ad", "tgz-ae", "tgz-af", "tgz-ag", "tgz-ah", "tgz-ai", "tgz-aj",
        "tgz-ak", "tgz-al", "tgz-am", "tif", "tiff", "tip", "trace", "tsv", "txt", "ufo", "vcf", "vdx",
        "vsdx", "webarchive", "wml", "wps", "wpz", "wrf", "wri", "xcf", "xlog", "xlr", "xls", "xml", "xpm",
        "xps", "xz", "yaml", "zip", "zipaa", "zipx", "zone",
    }
)  # fmt: skip
FORGOTTEN = frozenset({"json", "pdf", "xlsx", "yml", "md"})


def allowed(name: str, more: str = "") -> bool:
    """Tell whether a file of this name may be uploaded; a name without extension may.

    Args:
        name: The file's name; what follows the last dot decides, in any case of letters.
        more: Further extensions, separated by commas or spaces; `*` allows everything.
    """
    extra = {entry.lower().lstrip(".") for entry in more.replace(",", " ").split()}
    _, dot, extension = name.rpartition(".")
    return not dot or not extension or "*" in extra or extension.lower() in LISTED | FORGOTTEN | extra
