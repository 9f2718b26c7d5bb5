//! Plain text: the file is the text, with its lines and pages as they stand.

use super::format::Reader;

pub(super) const READER: Reader =
    Reader { name: "text", extensions: &["txt", "text"], looks: |_| false, read: None };
