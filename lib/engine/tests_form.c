#include "base/fold.h"
#include "base/number.h"
#include "engine/reach_parts.h"
#include "engine/tests_parts.h"
#include "policy/selector.h"
#include "syntax/string.h"

#include <stdlib.h>

/* -- who may stand where --------------------------------------------------------------------------- */

#define KIND(kind)  (UINT64_C(1) << (HJ_SELECT_##kind))
#define AUTO(group) (UINT64_C(1) << (32 + HJ_AUTOGROUP_##group))
#define ROLES                                                                                      \
	(AUTO(OWNER) | AUTO(ADMIN) | AUTO(IT_ADMIN) | AUTO(NETWORK_ADMIN) | AUTO(BILLING_ADMIN) |  \
		AUTO(AUDITOR))
/* What a test can name, and what nobody has seen refused. */
#define TESTABLE                                                                                   \
	(KIND(USER) | KIND(GROUP) | KIND(SYNCED) | KIND(TAG) | KIND(WORD) | KIND(HOST_PREFIX) |    \
		KIND(ADDRESS) | KIND(DOMAIN) | KIND(SERVICE) | AUTO(MEMBER) | AUTO(TAGGED) |       \
		AUTO(SHARED))

static const uint64_t seats[HJ__SEATS] = {
	[HJ__SOURCE] = TESTABLE | ROLES | KIND(PREFIX),
	[HJ__DESTINATION] = TESTABLE | ROLES,
	[HJ__LOGIN_SOURCE] = TESTABLE | KIND(PREFIX),
	[HJ__LOGIN_DESTINATION] = TESTABLE | ROLES | AUTO(SELF),
};

static const char *misfit(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_EMPTY: return "an empty text cannot be tested";
	case HJ_SELECT_ALL: return "the wildcard cannot be tested";
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE: return "a network cannot be tested, only one address";
	case HJ_SELECT_IPSET: return "an IP set cannot be tested, only one address";
	case HJ_SELECT_AUTOGROUP:
		return selector->autogroup == HJ_AUTOGROUP_UNKNOWN
			? "there is no such autogroup"
			: "this autogroup cannot be tested here";
	default: return "this cannot be tested";
	}
}

/* -- names that nothing defines -------------------------------------------------------------------- */

static const char *no_host(hj__run *run, hj_slice name)
{
	const uint32_t *index = hj_map_get(&run->hosts, name);
	if (!index)
		return "there is no such host";
	hj_word value = run->rules->hosts.items[*index].word;
	hj_selector selector = hj_selector_parse(value.text);
	if (selector.kind == HJ_SELECT_PREFIX)
		return "the host is a network, and a test needs one address";
	return selector.kind == HJ_SELECT_ADDRESS ? NULL : "the host has no address";
}

/* NULL: it is defined, or nobody can know. */
static const char *undefined(hj__run *run, const hj_selector *selector)
{
	const hj_world *world = run->world;
	const uint32_t *index;
	switch (selector->kind) {
	case HJ_SELECT_WORD: return no_host(run, selector->text);
	case HJ_SELECT_HOST_PREFIX: return no_host(run, selector->name);
	case HJ_SELECT_GROUP:
		index = hj_map_get(&world->group_of, selector->text);
		return index && world->groups[*index].entry != HJ_NONE ? NULL
								       : "there is no such group";
	case HJ_SELECT_USER:
		if (!world->inventory || !world->inventory->has_users)
			return NULL;
		index = hj_map_get(&world->user_of, selector->text);
		return index && world->users[*index].listed ? NULL : "there is no such user";
	default: return NULL;
	}
}

/* Letter case does not count in tags. */
static bool no_tag(hj__run *run, const hj_selector *selector)
{
	bool ok = true;
	hj_slice name = hj_slice_folded(selector->text, &run->out->arena, &ok);
	const uint32_t *index = hj_map_get(&run->world->tag_of, name);
	if (!ok)
		run->status = HJ_NO_MEMORY;
	return !index || run->world->tags[*index].entry == HJ_NONE;
}

/* -- expansion ------------------------------------------------------------------------------------- */

static void expand(hj__run *run, hj_slice text, unsigned seat, hj__meant *out)
{
	bool destination = seat == HJ__DESTINATION || seat == HJ__LOGIN_DESTINATION;
	out->first = run->subjects.count;
	const char *what = NULL;
	hj_status status = hj_expand(run->reach, text, destination, &run->subjects, &what);
	if (status == HJ_INVALID)
		out->fault = what ? what : "this cannot be tested";
	else
		run->status = status ? status : run->status;
	out->count = run->subjects.count - out->first;
}

static hj__meant find_meaning(hj__run *run, hj_slice text, unsigned seat)
{
	hj__meant out = {0};
	hj_selector selector = hj_selector_parse(text);
	uint64_t bit = selector.kind == HJ_SELECT_AUTOGROUP
		? UINT64_C(1) << (32 + selector.autogroup)
		: UINT64_C(1) << selector.kind;
	if (selector.kind == HJ_SELECT_TEMPLATE) {
		out.template = true;
		return out;
	}
	if (!(bit & seats[seat]))
		out.fault = misfit(&selector);
	else if (selector.kind == HJ_SELECT_TAG)
		out.fault = no_tag(run, &selector) ? "there is no such tag" : NULL;
	else
		out.fault = undefined(run, &selector);
	/* Whose devices these are is known only when the source is. */
	if (!out.fault && bit != AUTO(SELF))
		expand(run, text, seat, &out);
	return out;
}

hj__meant hj__meaning_of(hj__run *run, hj_slice text, unsigned seat)
{
	uint32_t *index;
	bool known;
	text = hj_trim(text);
	if (run->status)
		return (hj__meant){0};
	if (hj_map_put(&run->meant_of[seat], text, (uint32_t)run->meant_count, &index, &known)) {
		run->status = HJ_NO_MEMORY;
		return (hj__meant){0};
	}
	if (known)
		return run->meant[*index];
	if (hj_grow(run->allocator, &run->meant, &run->meant_capacity, run->meant_count + 1,
		    sizeof *run->meant)) {
		run->status = HJ_NO_MEMORY;
		return (hj__meant){0};
	}
	hj__meant meant = find_meaning(run, text, seat);
	return run->meant[run->meant_count++] = meant;
}

/* -- one of each ----------------------------------------------------------------------------------- */

/* Fewer are as quickly asked as sorted out. */
enum { FEW = 4 };

/* Is it certain what covers the source, and goes none of it to autogroup:self? */
static bool is_plain(hj__run *run)
{
	uint32_t permits, count;
	const hj_permit *permit = hj_reach_permits(run->reach, &permits);
	const hj_hit *hits = hj_reach_hits(run->reach, &count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t term = permit[hits[i].permit].dst.term;
		if (hits[i].truth != HJ_YES ||
			run->rules->terms[term].selector.autogroup == HJ_AUTOGROUP_SELF)
			return false;
	}
	return true;
}

/* Do the same terms cover somebody before? */
static bool is_known(hj__run *run, hj_map *kinds)
{
	bool known = false;
	const hj__coverage *coverage = &run->reach->from.coverage;
	uint32_t *terms = hj_arena_alloc(&run->out->arena, coverage->count * sizeof *terms),
		 count = 0;
	for (uint32_t i = 0; terms && i < coverage->count; i++)
		if (coverage->answers[coverage->terms[i]].truth == HJ_YES)
			terms[count++] = coverage->terms[i];
	hj_slice key = hj_slice_of((const char *)terms, count * sizeof *terms);
	if (!terms || hj_map_put(kinds, key, 0, NULL, &known))
		run->status = HJ_NO_MEMORY;
	return known;
}

void hj__one_of_each(hj__run *run, hj_slice text, hj__meant *meant)
{
	text = hj_trim(text);
	if (meant->sorted_out || meant->count <= FEW || run->status)
		return;
	uint32_t kept = meant->first, end = meant->first + meant->count;
	hj_map kinds;
	hj_map_init(&kinds, run->allocator);
	for (uint32_t i = meant->first; i < end && !run->status; i++) {
		hj_subject subject = run->subjects.items[i];
		hj_origin origin = {.subject = subject, .attributes_known = true};
		run->status = hj_reach_from(run->reach, &origin);
		if (run->status)
			break;
		if (!is_plain(run) || !is_known(run, &kinds))
			run->subjects.items[kept++] = subject;
	}
	hj_map_free(&kinds);
	meant->count = kept - meant->first;
	meant->sorted_out = true;
	const uint32_t *index = hj_map_get(&run->meant_of[HJ__SOURCE], text);
	if (index)
		run->meant[*index] = *meant;
}

/* -- ports and attributes -------------------------------------------------------------------------- */

bool hj__port_of(hj_slice text, int protocol, int *port, const char **fault)
{
	uint16_t number;
	bool portless = protocol >= 0 && !hj_protocol_has_ports((uint8_t)protocol);
	if (hj_slice_equal(text, HJ_SLICE("0"))) {
		*port = -1;
		*fault = "0 is the port of protocols without ports alone";
		return portless;
	}
	*fault = "a test needs one port, a number from 1 to 65535";
	if (!hj_port_parse(text, &number))
		return false;
	*port = portless ? -1 : number;
	return true;
}

static int compare_attributes(const void *a, const void *b)
{
	const hj_device_attribute *left = a, *right = b;
	size_t size = left->name.size < right->name.size ? left->name.size : right->name.size;
	int order = size ? memcmp(left->name.data, right->name.data, size) : 0;
	if (!order)
		order = (left->name.size > right->name.size) - (left->name.size < right->name.size);
	return order ? order : (left->node > right->node) - (left->node < right->node);
}

/* False: it is of a type that attributes cannot have. */
static bool read_attribute(hj__run *run, const hj_entry *entry, hj_device_attribute *out)
{
	const hj_document *document = run->tests->document;
	const hj_node *value = &hj_document_nodes(document)[entry->value];
	bool ok = true;
	*out = (hj_device_attribute){.node = entry->value, .name = entry->name.text};
	switch (hj_node_kind(value)) {
	case HJ_STRING:
		out->type = HJ_FACT_TEXT;
		out->text = hj_string_value(document, entry->value, &run->out->arena, &ok);
		if (!ok)
			run->status = HJ_NO_MEMORY;
		return true;
	case HJ_NUMBER:
		out->type = HJ_FACT_NUMBER;
		out->text = hj_source_slice(hj_document_source(document), hj_node_span(value));
		return hj_number_parse(out->text, &out->number);
	case HJ_TRUE:
	case HJ_FALSE:
		out->type = HJ_FACT_BOOLEAN;
		out->truth = hj_node_kind(value) == HJ_TRUE;
		return true;
	default: return false;
	}
}

bool hj__attributes_of(hj__run *run, const hj_entries *posture, hj_origin *origin)
{
	origin->attributes_known = true;
	if (posture->count == 0)
		return true;
	size_t size;
	hj_device_attribute *items = hj_multiply(posture->count, sizeof *items, &size)
		? hj_arena_alloc(&run->out->arena, size)
		: NULL;
	if (!items) {
		run->status = HJ_NO_MEMORY;
		return false;
	}
	uint32_t count = 0;
	for (uint32_t i = 0; i < posture->count; i++)
		count += read_attribute(run, &posture->items[i], &items[count]);
	qsort(items, count, sizeof *items, compare_attributes);
	origin->attributes = items;
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || !hj_slice_equal(items[i].name, items[i - 1].name))
			items[origin->attribute_count++] = items[i];
	return !run->status;
}
