#include "base/status.h"

const char *hj_status_text(hj_status status)
{
	switch (status) {
	case HJ_OK: return "ok";
	case HJ_NO_MEMORY: return "out of memory";
	case HJ_TOO_LARGE: return "too large";
	case HJ_SYNTAX: return "syntax error";
	case HJ_NOT_FOUND: return "not found";
	case HJ_INVALID: return "invalid argument";
	case HJ_IO: return "input/output error";
	}
	return "unknown status";
}
