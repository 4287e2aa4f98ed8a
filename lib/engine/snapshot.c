#include "engine/snapshot_parts.h"

#include "engine/reach_parts.h"
#include "syntax/string.h"

enum { MOST_ASKED = 100000 }; /* flows that are looked at */

/* -- who and where ----------------------------------------------------------------------------------- */

static bool is_new(hj__shot *shot, hj_map *seen, hj_slice text)
{
	bool known = true;
	if (!shot->status)
		shot->status = hj_map_put(seen, text, 0, NULL, &known);
	return !known && !shot->status;
}

static void add_source(hj__shot *shot, hj_slice text)
{
	text = hj_trim(text);
	if (!is_new(shot, &shot->seen[0], text))
		return;
	shot->status = hj_grow(shot->allocator, &shot->sources, &shot->source_capacity,
		shot->source_count + 1, sizeof *shot->sources);
	if (!shot->status)
		shot->sources[shot->source_count++] = text;
}

static void add_target(hj__shot *shot, hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	if (!is_new(shot, &shot->seen[1], selector.text))
		return;
	shot->status = hj_grow(shot->allocator, &shot->targets, &shot->target_capacity,
		shot->target_count + 1, sizeof *shot->targets);
	if (!shot->status)
		shot->targets[shot->target_count++] = (hj__target){.text = selector.text,
			.bracketed =
				selector.kind == HJ_SELECT_ADDRESS && selector.prefix.address.v6};
}

static void add_users(hj__shot *shot, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count && !shot->status; i++) {
		const hj_selector *selector = &shot->policy->terms[words->items[i].term].selector;
		if (selector->kind == HJ_SELECT_USER)
			add_source(shot, selector->text);
	}
}

static void add_single(hj__shot *shot, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count && !shot->status; i++) {
		const hj_selector *selector = &shot->policy->terms[words->items[i].term].selector;
		if (selector->kind == HJ_SELECT_USER || selector->kind == HJ_SELECT_ADDRESS)
			add_target(shot, selector->text);
	}
}

static void gather(hj__shot *shot)
{
	const hj_policy *policy = shot->policy;
	for (uint32_t i = 0; i < policy->groups.count; i++)
		if (policy->groups.items[i].words.count)
			add_source(shot, policy->groups.items[i].name.text);
	for (uint32_t i = 0; i < policy->acls.count; i++)
		add_users(shot, &policy->acls.items[i].src);
	for (uint32_t i = 0; i < policy->grants.count; i++)
		add_users(shot, &policy->grants.items[i].src);
	for (uint32_t i = 0; i < policy->tag_owners.count; i++) {
		add_source(shot, policy->tag_owners.items[i].name.text);
		add_target(shot, policy->tag_owners.items[i].name.text);
	}
	for (uint32_t i = 0; i < policy->hosts.count; i++) {
		const hj_entry *host = &policy->hosts.items[i];
		if (hj_selector_parse(host->word.text).kind == HJ_SELECT_ADDRESS)
			add_target(shot, host->name.text);
	}
	for (uint32_t i = 0; i < policy->acls.count; i++)
		add_single(shot, &policy->acls.items[i].dst);
	for (uint32_t i = 0; i < policy->grants.count; i++)
		add_single(shot, &policy->grants.items[i].dst);
}

/* -- ports ------------------------------------------------------------------------------------------- */

static bool has_port(const hj__port_list *list, uint16_t port)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i] == port)
			return true;
	return false;
}

static void add_port(hj__port_list *list, uint16_t port)
{
	if (port && list->count < HJ__MOST_PORTS && !has_port(list, port))
		list->items[list->count++] = port;
}

/* What a service mentions; true: all ports, which mentions none. */
static bool mention(hj__target *to, const hj_service *service)
{
	bool udp = service->protocol == 17;
	if (service->protocol >= 0 && service->protocol != 6 && !udp)
		return false;
	if (service->ports.first == 0)
		return true;
	add_port(&to->ports[udp], service->ports.first);
	add_port(&to->ports[udp], service->ports.last);
	return false;
}

/* The ports that the permits around a destination mention. */
static bool mention_all(hj__shot *shot, hj__target *to, const hj_subject *subject)
{
	hj_reach *reach = shot->reach;
	bool any = false;
	hj__party_set(reach, &reach->to.party, subject, &reach->from.party);
	if (!reach->status)
		hj__gather(reach, &reach->to);
	const hj__coverage *coverage = &reach->to.coverage;
	const hj__index *index = coverage->index;
	for (uint32_t i = 0; i < coverage->count && !reach->status; i++) {
		uint32_t term = coverage->terms[i];
		if (coverage->answers[term].truth == HJ_NO)
			continue;
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++) {
			const hj_permit *permit = &reach->permits[index->owners[at]];
			for (uint32_t k = 0; k < permit->service_count; k++)
				any = mention(to, &permit->services[k]) || any;
		}
	}
	shot->status = hj__settle(reach);
	return any;
}

static void find_ports(hj__shot *shot, hj__target *to)
{
	static const uint16_t usual[] = {22, 443, 80, 8080, 3389, 5432, 53, 25, 9};
	hj_subjects subjects = {.allocator = shot->allocator};
	const char *what;
	bool any = false;
	hj_status status = hj_expand(shot->reach, to->text, true, &subjects, &what);
	for (uint32_t i = 0; i < subjects.count && !status && !shot->status; i++)
		any = mention_all(shot, to, &subjects.items[i]) || any;
	hj_subjects_free(&subjects);
	if (status && status != HJ_INVALID)
		shot->status = status;
	for (size_t i = 0; any && i < sizeof usual / sizeof *usual; i++)
		if (!has_port(&to->ports[0], usual[i])) {
			add_port(&to->ports[0], usual[i]);
			return;
		}
}

/* -- asking ------------------------------------------------------------------------------------------ */

static void spell(hj__shot *shot, const hj__target *to, uint16_t port)
{
	hj_text_clear(&shot->spelt);
	hj_text_str(&shot->spelt, to->bracketed ? "[" : "");
	hj_text_append(&shot->spelt, to->text);
	hj_text_printf(&shot->spelt, "%s:%u", to->bracketed ? "]" : "", (unsigned)port);
	hj_string_encode(hj_text_slice(&shot->spelt), &shot->asked);
}

size_t hj__count_flows(const hj__shot *shot, unsigned udp)
{
	size_t count = 0;
	for (size_t i = 0; i < shot->target_count; i++)
		count += shot->targets[i].ports[udp].count;
	return count;
}

/* Every flow is asked for twice: is it allowed, is it blocked? */
static void ask(hj__shot *shot, hj_slice source, unsigned udp)
{
	static const char *const lists[] = {"accept", "deny"};
	hj_text *out = &shot->asked;
	hj_text_str(out, out->size > 1 ? ",{\"src\":" : "{\"src\":");
	hj_string_encode(source, out);
	hj_text_str(out, udp ? ",\"proto\":\"udp\"" : "");
	for (size_t k = 0; k < 2; k++) {
		hj_text_printf(out, ",\"%s\":[", lists[k]);
		bool first = true;
		for (size_t i = 0; i < shot->target_count; i++)
			for (uint32_t j = 0; j < shot->targets[i].ports[udp].count; j++) {
				hj_text_str(out, first ? "" : ",");
				first = false;
				spell(shot, &shot->targets[i],
					shot->targets[i].ports[udp].items[j]);
			}
		hj_text_byte(out, ']');
	}
	hj_text_byte(out, '}');
}

static void ask_all(hj__shot *shot)
{
	size_t asked = 0;
	size_t ports[2] = {hj__count_flows(shot, 0), hj__count_flows(shot, 1)};
	hj_text_byte(&shot->asked, '[');
	for (size_t i = 0; i < shot->source_count; i++) {
		asked += ports[0] + ports[1];
		if (asked > MOST_ASKED) {
			shot->cut = true;
			break;
		}
		for (unsigned udp = 0; udp < 2; udp++)
			if (ports[udp])
				ask(shot, shot->sources[i], udp);
	}
	hj_text_byte(&shot->asked, ']');
	if (!shot->status)
		shot->status = shot->asked.status ? shot->asked.status : shot->spelt.status;
}

/* -- the whole --------------------------------------------------------------------------------------- */

static hj_status judge(hj__shot *shot, uint32_t most, hj_text *out, hj_snapshot *taken)
{
	hj_test_list list;
	hj_assertions assertions;
	hj_text why;
	hj_text_init(&why, shot->allocator);
	hj_status status =
		hj_test_list_read(hj_text_slice(&shot->asked), shot->allocator, &list, &why);
	hj_text_free(&why);
	if (status)
		return status;
	status = hj_assertions_run(shot->reach, &list.policy, NULL, shot->allocator, &assertions);
	if (!status) {
		status = hj__write_snapshot(shot, &assertions, most, out, taken);
		hj_assertions_free(&assertions);
	}
	hj_test_list_free(&list);
	return status;
}

hj_status hj_snapshot_append(hj_reach *reach, uint32_t most, bool news,
	const hj_allocator *allocator, hj_text *out, hj_snapshot *taken)
{
	hj__shot shot = {
		.reach = reach, .policy = hj_reach_world(reach)->policy, .allocator = allocator};
	*taken = (hj_snapshot){0};
	for (size_t i = 0; i < 2; i++)
		hj_map_init(&shot.seen[i], allocator);
	hj_map_init(&shot.known, allocator);
	hj_arena_init(&shot.arena, allocator);
	hj_text_init(&shot.asked, allocator);
	hj_text_init(&shot.spelt, allocator);
	if (news)
		hj__note_known(&shot);
	gather(&shot);
	for (size_t i = 0; i < shot.target_count && !shot.status; i++)
		find_ports(&shot, &shot.targets[i]);
	if (!shot.status)
		ask_all(&shot);
	taken->cut = shot.cut;
	if (!shot.status)
		shot.status = judge(&shot, most ? most : HJ_SNAPSHOT_MOST, out, taken);
	for (size_t i = 0; i < 2; i++)
		hj_map_free(&shot.seen[i]);
	hj_map_free(&shot.known);
	hj_arena_free(&shot.arena);
	hj_text_free(&shot.asked);
	hj_text_free(&shot.spelt);
	hj_free(allocator, shot.sources, shot.source_capacity * sizeof *shot.sources);
	hj_free(allocator, shot.targets, shot.target_capacity * sizeof *shot.targets);
	return shot.status;
}
