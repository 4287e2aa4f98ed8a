#include "engine/tests_parts.h"

enum { MOST_LISTED = 6 }; /* services and postures in a sentence */

void hj__say(hj__run *run, hj_assertion *assertion, uint32_t node)
{
	bool ok = true;
	assertion->why = hj_arena_copy(&run->out->arena, hj_text_slice(&run->words), &ok);
	assertion->why_node = node;
	if (!ok || run->words.status)
		run->status = HJ_NO_MEMORY;
}

void hj__say_fault(hj__run *run, hj_assertion *assertion, hj_slice text, const char *fault)
{
	hj_text_clear(&run->words);
	if (text.data)
		hj_text_printf(&run->words, "\"%.*s\": ", HJ_SLICE_ARGS(text));
	hj_text_str(&run->words, fault);
	hj__say(run, assertion, 0);
}

void hj__add_place(hj__run *run, hj_rule_place rule, uint32_t node)
{
	if (rule.section == HJ_OF_NO_RULE) {
		hj_text_str(&run->words, "a policy without rules, which allows everything");
		return;
	}
	uint32_t start = hj_document_nodes(run->rules->document)[node].start;
	hj_rule_place_append(&run->words, rule);
	hj_text_printf(&run->words, ", line %u", hj_source_place(run->lines, start, HJ_BYTES).line);
}

static void add_services(hj__run *run, const hj_permit *permit)
{
	for (uint32_t i = 0; i < permit->service_count; i++) {
		if (i == MOST_LISTED) {
			hj_text_str(&run->words, "…");
			return;
		}
		hj_text_str(&run->words, i ? "," : "");
		hj_service_append(&run->words, permit->services[i]);
	}
}

static void add_words(hj__run *run, const hj_words *words, const char *between)
{
	for (uint32_t i = 0; i < words->count; i++) {
		if (i == MOST_LISTED) {
			hj_text_str(&run->words, "…");
			return;
		}
		hj_text_str(&run->words, i ? between : "");
		hj_text_printf(&run->words, "%.*s", HJ_SLICE_ARGS(words->items[i].text));
	}
}

/* The destinations of a rule as a list, for its node. */
static const hj_words *destinations_of(const hj__run *run, const hj_permit *permit)
{
	return permit->kind == HJ_PERMIT_ACL ? &run->rules->acls.items[permit->rule].dst
					     : &run->rules->grants.items[permit->rule].dst;
}

/* Where ports stand: behind the destination of an acl, in "ip" of a grant. */
static uint32_t ports_of(const hj__run *run, const hj_permit *permit)
{
	if (permit->kind == HJ_PERMIT_ACL)
		return permit->dst.node;
	uint32_t ip = run->rules->grants.items[permit->rule].ip.node;
	return ip ? ip : permit->node;
}

static void add_flow(hj__run *run, const hj_assertion *assertion, int port)
{
	hj_slice text = hj_trim(assertion->dst.text);
	hj_hostport parts;
	if (hj_hostport_split(text, &parts))
		text = parts.host;
	hj_text_printf(&run->words, "%.*s", HJ_SLICE_ARGS(text));
	if (port >= 0)
		hj_text_printf(&run->words, " with port %d", port);
}

static void add_protocol(hj__run *run, const hj_assertion *assertion)
{
	hj_slice text = hj_trim(assertion->proto.text);
	if (text.size)
		hj_text_printf(&run->words, "%.*s", HJ_SLICE_ARGS(text));
	else
		hj_text_str(&run->words, "neither tcp nor udp");
}

/* What the nearest permit lacks; the node that it lacks it in. */
static uint32_t add_miss(hj__run *run, const hj_assertion *assertion, const hj_subject *source,
	const hj_miss *miss, const hj_permit *permit)
{
	hj_text *words = &run->words;
	switch (miss->kind) {
	case HJ_MISS_PORT:
		hj_text_printf(words, "port %d is not in ", assertion->port);
		add_services(run, permit);
		return ports_of(run, permit);
	case HJ_MISS_PROTOCOL:
		add_protocol(run, assertion);
		hj_text_str(words, hj_trim(assertion->proto.text).size ? " is not in " : " is in ");
		add_services(run, permit);
		return ports_of(run, permit);
	case HJ_MISS_POSTURE:
		hj_text_str(words, permit->posture->count > 1 ? "none of " : "");
		add_words(run, permit->posture, ", ");
		hj_text_str(words, permit->posture->count > 1 ? " is met" : " is not met");
		return permit->posture->node;
	case HJ_MISS_ROUTER:
		hj_text_str(words, "no device with ");
		add_words(run, permit->via, " or ");
		hj_text_str(words, " routes ");
		add_flow(run, assertion, -1);
		return permit->via->node;
	case HJ_MISS_SOURCE:
		hj_subject_append(words, source);
		hj_text_str(words, " is not in the sources");
		return permit->src->node;
	default:
		add_flow(run, assertion, -1);
		hj_text_str(words, " is not in the destinations");
		return destinations_of(run, permit)->node;
	}
}

void hj__explain_drop(hj__run *run, hj_assertion *assertion, const hj_subject *source,
	const hj_subject *destination)
{
	hj_miss miss;
	uint32_t count, node = 0;
	run->status =
		hj_reach_miss(run->reach, destination, assertion->protocol, assertion->port, &miss);
	if (run->status)
		return;
	hj_text_clear(&run->words);
	const hj_permit *permits = hj_reach_permits(run->reach, &count);
	if (miss.kind == HJ_MISS_NOTHING || permits[miss.permit].kind == HJ_PERMIT_ALL) {
		hj_text_str(&run->words, "no rule comes near: none has ");
		hj_subject_append(&run->words, source);
		hj_text_str(&run->words, ", nor ");
		add_flow(run, assertion, assertion->port);
	} else {
		const hj_permit *permit = &permits[miss.permit];
		node = add_miss(run, assertion, source, &miss, permit);
		node = node ? node : permit->node;
		hj_text_str(&run->words, " (");
		hj__add_place(run, hj__place_of(run, false, miss.permit), node);
		hj_text_byte(&run->words, ')');
	}
	hj__say(run, assertion, node);
}

void hj__explain_entry(hj__run *run, hj_assertion *assertion, const hj_subject *source, uint32_t by)
{
	uint32_t count, node;
	const hj_rule_place place =
		assertion->rule_count ? assertion->rules[0] : (hj_rule_place){0};
	if (assertion->ssh)
		node = place.node;
	else
		node = hj_reach_permits(run->reach, &count)[by].dst.node;
	hj_text_clear(&run->words);
	hj_subject_append(&run->words, source);
	hj_text_str(&run->words, " gets in by ");
	hj__add_place(run, place, node);
	hj__say(run, assertion, node);
}

void hj__explain_doubt(hj__run *run, hj_assertion *assertion)
{
	hj_text_clear(&run->words);
	hj_text_str(&run->words, "it depends: ");
	for (uint32_t i = 0; i < assertion->fact_count; i++) {
		if (i == MOST_LISTED) {
			hj_text_printf(&run->words, " … and %u more",
				(unsigned)(assertion->fact_count - i));
			break;
		}
		hj_text_str(&run->words, i ? "; " : "");
		hj_text_append(&run->words, assertion->facts[i]);
		hj_text_byte(&run->words, '?');
	}
	hj__say(run, assertion, assertion->rule_count ? assertion->rules[0].node : 0);
}
