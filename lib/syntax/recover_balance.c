#include "syntax/recover.h"

/*
 * Counts brackets up to `stop`. A string ends at its line's end at the latest, so that a forgotten
 * quote costs one line and not the rest of the file.
 */
static void count_to(hj__recovery *r, hj__count *count, const char *stop)
{
	const char *at = count->at;
	while (at < stop) {
		switch (*at) {
		case '"':
			for (at++; at < r->end && *at != '"' && *at != '\n'; at++)
				if (*at == '\\' && at + 1 < r->end && at[1] != '\n')
					at++;
			break;
		case '/':
			if (at[1] == '/') {
				const char *feed = memchr(at, '\n', (size_t)(r->end - at));
				at = feed ? feed : r->end;
			} else if (at[1] == '*' && r->end - at > 3) {
				const char *close =
					memmem(at + 2, (size_t)(r->end - at - 2), "*/", 2);
				at = close ? close + 1 : r->end;
			}
			break;
		case '{': count->objects++; break;
		case '[': count->arrays++; break;
		case '}': count->objects_closed++; break;
		case ']': count->arrays_closed++; break;
		default: break;
		}
		at++;
	}
	count->at = at;
}

/* Closing brackets that are to come, less the ones that are needed. */
static int64_t balance(hj__recovery *r, char bracket)
{
	if (!r->all.at) {
		r->all.at = r->here.at = r->data;
		count_to(r, &r->all, r->end);
	}
	if (r->here.at < r->at)
		count_to(r, &r->here, r->at);
	if (bracket == '}')
		return (int64_t)r->all.objects_closed - r->here.objects_closed -
			((int64_t)r->all.objects - r->here.objects + r->objects);
	return (int64_t)r->all.arrays_closed - r->here.arrays_closed -
		((int64_t)r->all.arrays - r->here.arrays + r->arrays);
}

bool hj__surplus(hj__recovery *r, char bracket)
{
	return balance(r, bracket) > 0;
}

bool hj__lacking(hj__recovery *r, char bracket)
{
	return balance(r, bracket) < 0;
}

hj__fit hj__fit_of(hj__recovery *r, char bracket)
{
	bool outer = bracket == '}' ? r->objects > 0 : r->arrays > 0;
	bool surplus = hj__surplus(r, bracket);
	/* The innermost is of the other kind: is its own bracket to come? */
	if (hj__lacking(r, bracket == '}' ? ']' : '}'))
		return surplus || !outer ? HJ__FIT_SWAPPED : HJ__FIT_UNCLOSED;
	return surplus || !outer ? HJ__FIT_SURPLUS : HJ__FIT_UNCLOSED;
}

/* Bytes of indentation of the line that holds `at`, and whether `at` is the first thing on it. */
static uint32_t indentation(const hj__recovery *r, const char *at, bool *first)
{
	const char *start = at;
	while (start > r->data && start[-1] != '\n' && at - start < HJ__LOOK_AHEAD)
		start--;
	const char *text = hj__skip_blanks(start, at);
	*first = text == at;
	return (uint32_t)(text - start);
}

/* What stands here is less (< 0), as much (0) or more indented than the container's line? */
static int compare_indentation(const hj__recovery *r, uint32_t container)
{
	bool first;
	if (!r->breaks)
		return 1; /* this spares long lines the search for their start */
	uint32_t here = indentation(r, r->at, &first);
	if (!first)
		return 1;
	uint32_t start = r->document->nodes[container].start;
	uint32_t opener = indentation(r, r->data + start, &first);
	return here < opener ? -1 : here > opener;
}

bool hj__is_outside(const hj__recovery *r, uint32_t container)
{
	return compare_indentation(r, container) <= 0;
}

bool hj__closes_outside(const hj__recovery *r, uint32_t container)
{
	return compare_indentation(r, container) < 0;
}

void hj__note_indent(hj__recovery *r, uint32_t container)
{
	if (r->odd_opener == HJ__NONE && hj__closes_outside(r, container))
		r->odd_opener = hj__node(r, container)->start;
}
