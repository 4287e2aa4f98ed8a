#include "syntax/rule.h"

const char *hj_severity_text(hj_severity severity)
{
	switch (severity) {
	case HJ_ERROR_LEVEL: return "error";
	case HJ_WARNING_LEVEL: return "warning";
	case HJ_INFO_LEVEL: return "info";
	}
	return "error";
}
