#include "base/utf8.h"
#include "syntax/recover.h"

const hj_rule *hj__rule(hj__syntax_rule rule)
{
	size_t count;
	return hj_syntax_rules(&count) + rule;
}

bool hj__may_report(hj__recovery *r)
{
	if (hj__list(r)->count < HJ__MOST_FINDINGS)
		return true;
	if (r->unreported < HJ__MOST_COUNTED)
		r->unreported++;
	return false;
}

size_t hj__said(hj__recovery *r)
{
	return hj__list(r)->count + r->unreported + r->folded;
}

hj_finding *hj__said_last(hj__recovery *r, hj__syntax_rule rule)
{
	hj_findings *list = hj__list(r);
	hj_finding *last = list->count ? &list->items[list->count - 1] : NULL;
	return last && last->rule == hj__rule(rule) ? last : NULL;
}

void hj__edit(hj__recovery *r, hj_finding *finding, hj_span span, hj_slice text)
{
	hj_finding_edit(hj__list(r), finding, span, text);
}

void hj__delete(hj__recovery *r, hj_finding *finding, hj_span span)
{
	hj_finding_help(hj__list(r), finding, "delete it");
	hj__edit(r, finding, span, HJ_SLICE(""));
}

void hj__is_safe(hj_finding *finding)
{
	if (finding)
		finding->safe = true;
}

const char *hj__kind_name(hj_kind kind)
{
	return kind == HJ_OBJECT ? "object" : "array";
}

hj_span hj__opener(hj__recovery *r, uint32_t container)
{
	uint32_t start = hj__node(r, container)->start;
	return (hj_span){start, start + 1};
}

void hj__relate_opener(hj__recovery *r, hj_finding *finding, uint32_t container)
{
	hj_finding_relate(hj__list(r), finding, hj__opener(r, container), "the %s begins here",
		hj__kind_name(hj_node_kind(hj__node(r, container))));
}

hj_finding *hj__fold_report(
	hj__recovery *r, hj__syntax_rule rule, hj_span span, const char *message, const char *help)
{
	hj__fold *fold = &r->folds[rule];
	if (fold->count == 0) {
		hj_finding *finding = HJ__REPORT(r, rule, span, "%s", message);
		if (!finding)
			return NULL;
		hj_finding_help(hj__list(r), finding, "%s", help);
		finding->safe = true;
		*fold = (hj__fold){(uint32_t)(hj__list(r)->count - 1), 1};
		return finding;
	}
	hj_finding *finding = &hj__list(r)->items[fold->index];
	fold->count++;
	r->folded++;
	if (fold->count <= HJ__MOST_RELATED + 1)
		hj_finding_relate(hj__list(r), finding, span, "here too");
	return fold->count <= HJ__MOST_PLACES ? finding : NULL;
}

hj_slice hj__shown(const char *start, const char *end)
{
	enum { MOST = 40 };
	const char *at = start;
	while (at < end && (unsigned char)*at >= ' ' && at - start < MOST) {
		uint32_t code;
		int size = hj_utf8_decode(at, end, &code);
		at += size ? size : 1;
	}
	return (hj_slice){start, (size_t)(at - start)};
}

void hj__finish_report(hj__recovery *r)
{
	hj_findings *list = hj__list(r);
	for (int rule = 0; rule < HJ_S_COUNT; rule++) {
		const hj__fold *fold = &r->folds[rule];
		if (fold->count < 2)
			continue;
		hj_finding *finding = &list->items[fold->index];
		hj_slice help = finding->help;
		hj_finding_help(list, finding, "%.*s; the same in %u more %s", HJ_SLICE_ARGS(help),
			fold->count - 1, fold->count == 2 ? "place" : "places");
	}
	hj_findings_sort(list);
	if (r->unreported) {
		uint32_t end = r->document->source->size;
		hj_finding *finding = hj_findings_add(list, hj__rule(HJ_S_TOO_MANY_ERRORS),
			(hj_span){end, end}, "too many errors: %u more %s not shown", r->unreported,
			r->unreported == 1 ? "is" : "are");
		hj_finding_help(list, finding, "mend the first ones and look again");
	}
}
