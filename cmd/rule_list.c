#include "cmd/rule_list.h"

bool rule_list_read(const char *list, bool *chosen, hj_slice *unknown)
{
	for (const char *at = list;;) {
		size_t size = strcspn(at, ",");
		*unknown = hj_slice_of(at, size);
		if (!hj_rule_choose(*unknown, chosen))
			return false;
		at += size;
		if (*at == '\0')
			return true;
		at++;
	}
}

const char *rule_list_nearest(hj_slice unknown)
{
	return hj_rule_nearest(unknown);
}
