#include "cmd/rule_list.h"

#include "base/suggest.h"

/* "R" and "R0", but not "undefined" of "undefined-tag": names are written out. */
static bool begins_code(hj_slice part, const hj_rule *rule)
{
	return part.size < strlen(rule->code) &&
		hj_slice_equal_folded(part, hj_slice_of(rule->code, part.size));
}

static bool choose(hj_slice part, bool *chosen)
{
	if (part.size == 0)
		return false;
	bool any = false;
	const hj_rule *exact = hj_rule_find(part);
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		if (exact ? rule != exact : !begins_code(part, rule))
			continue;
		chosen[i] = true;
		any = true;
	}
	return any;
}

bool rule_list_read(const char *list, bool *chosen, hj_slice *unknown)
{
	for (const char *at = list;;) {
		size_t size = strcspn(at, ",");
		*unknown = hj_slice_of(at, size);
		if (!choose(*unknown, chosen))
			return false;
		at += size;
		if (*at == '\0')
			return true;
		at++;
	}
}

const char *rule_list_nearest(hj_slice unknown)
{
	hj_suggest suggest;
	hj_suggest_begin(&suggest, unknown);
	for (size_t i = 0; i < hj_rule_count(); i++) {
		hj_suggest_offer(&suggest, hj_slice_str(hj_rule_at(i)->name));
		hj_suggest_offer(&suggest, hj_slice_str(hj_rule_at(i)->code));
	}
	/* The offers are strings, so the best of them ends in NUL. */
	return suggest.best.data;
}
