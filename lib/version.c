#include "hujson.h"

const char *hj_version(void)
{
	return HJ_VERSION;
}
