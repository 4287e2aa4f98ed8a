#include "api/fault.h"

#include <limits.h>

static const struct {
	const char *name;
	hj_fault_kind kind;
	bool takes_value;
} kinds[] = {
	{"delay", HJ_FAULT_DELAY, true},
	{"status", HJ_FAULT_STATUS, true},
	{"html", HJ_FAULT_HTML, false},
	{"cut", HJ_FAULT_CUT, false},
	{"lose", HJ_FAULT_LOSE, false},
	{"truncate", HJ_FAULT_TRUNCATE, false},
	{"stale", HJ_FAULT_STALE, false},
	{"no-etag", HJ_FAULT_NO_ETAG, false},
};

static hj_slice cut_before(hj_slice *text, char mark, bool *found)
{
	const char *at = text->size ? memchr(text->data, mark, text->size) : NULL;
	*found = at != NULL;
	hj_slice before = {text->data, at ? (size_t)(at - text->data) : text->size};
	size_t used = before.size + (at != NULL);
	*text = (hj_slice){text->data + used, text->size - used};
	return before;
}

/* At most 8 digits. */
static bool number(hj_slice text, unsigned long *out)
{
	*out = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		*out = *out * 10 + (unsigned long)(text.data[i] - '0');
	}
	return text.size > 0 && text.size <= 8;
}

static bool read_when(hj_slice when, hj_fault *out)
{
	if (hj_method_named(when, &out->method))
		return out->has_method = true;
	bool range;
	hj_slice first = cut_before(&when, '-', &range);
	if (!number(first, &out->first))
		return false;
	out->last = range ? ULONG_MAX : out->first;
	return !range || when.size == 0 || number(when, &out->last);
}

static bool read_value(hj_slice text, hj_fault *out)
{
	bool comma;
	unsigned long value, wait;
	if (!number(cut_before(&text, ',', &comma), &value))
		return false;
	out->value = (unsigned)value;
	if (comma && !number(text, &wait))
		return false;
	if (comma)
		out->retry_after = (unsigned)wait;
	return out->kind != HJ_FAULT_STATUS || (value >= 200 && value <= 599);
}

bool hj_fault_parse(hj_slice text, hj_fault *out, const char **why)
{
	*out = (hj_fault){.first = 1, .last = ULONG_MAX, .retry_after = UINT_MAX};
	bool has_when, has_value;
	hj_slice rest = text;
	hj_slice what = cut_before(&rest, '@', &has_when);
	if (has_when && !read_when(rest, out)) {
		*why = "after @ stands a number, a range of numbers or a method";
		return false;
	}
	hj_slice name = cut_before(&what, '=', &has_value);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!hj_slice_equal(name, hj_slice_str(kinds[i].name)))
			continue;
		out->kind = kinds[i].kind;
		*why = kinds[i].takes_value ? "it takes a number, as in delay=500 or status=429,2"
					    : "it takes no value";
		return kinds[i].takes_value ? has_value && read_value(what, out) : !has_value;
	}
	*why = "a fault is one of delay, status, html, cut, lose, truncate, stale, no-etag";
	return false;
}

bool hj_fault_applies(const hj_fault *fault, unsigned long request, hj_method method)
{
	if (fault->has_method)
		return fault->method == method;
	return request >= fault->first && request <= fault->last;
}
