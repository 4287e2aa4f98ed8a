#include "access/preview.h"

#include "syntax/string.h"

#include <stdlib.h>

/* -- which rules apply --------------------------------------------------------------------------- */

/* How many of the subjects asked for a rule applies to. */
struct tally {
	uint32_t sure, maybe;
	uint32_t seen; /* the subject that was counted last, from 1 */
	hj_truth truth;
};

struct search {
	hj_reach *reach;
	const hj_policy *policy;
	const hj_permit *permits;
	uint32_t permit_count;
	struct tally *acls, *grants; /* of each rule */
	uint32_t subject;            /* at hand, from 1 */
	uint32_t subjects;           /* all */
	uint16_t port;
	const hj_allocator *allocator;
};

/* A rule is several permits: the best of them counts for a subject. */
static void count(struct search *search, uint32_t index, hj_truth truth)
{
	const hj_permit *permit = &search->permits[index];
	if (permit->kind == HJ_PERMIT_ALL || truth == HJ_NO)
		return;
	struct tally *tally = permit->kind == HJ_PERMIT_ACL ? search->acls : search->grants;
	tally += permit->rule;
	bool again = tally->seen == search->subject;
	if (again && truth <= tally->truth)
		return;
	tally->maybe -= again;
	tally->sure += truth == HJ_YES;
	tally->maybe += truth == HJ_MAYBE;
	tally->seen = search->subject;
	tally->truth = truth;
}

/* The permits whose sources cover a user. */
static hj_status visit_source(struct search *search, const hj_subject *subject)
{
	hj_status status = hj_reach_from(search->reach, &(hj_origin){.subject = *subject});
	uint32_t hit_count = 0;
	const hj_hit *hits = status ? NULL : hj_reach_hits(search->reach, &hit_count);
	for (uint32_t i = 0; i < hit_count; i++)
		count(search, hits[i].permit, hits[i].truth);
	return status;
}

static bool allows_port(const hj_permit *permit, uint16_t port)
{
	for (uint32_t i = 0; i < permit->service_count; i++)
		if (hj_service_has(permit->services[i], -1, port))
			return true;
	return false;
}

/*
 * The permits whose destination covers an address. autogroup:self does when the device's own user is
 * among the sources, so the device is asked as a source too.
 */
static hj_status visit_destination(struct search *search, const hj_subject *subject)
{
	hj_status status = hj_reach_from(search->reach, &(hj_origin){.subject = *subject});
	uint32_t hit_count = 0, hit = 0;
	const hj_hit *hits = status ? NULL : hj_reach_hits(search->reach, &hit_count);
	for (uint32_t i = 0; !status && i < search->permit_count; i++) {
		const hj_permit *permit = &search->permits[i];
		while (hit < hit_count && hits[hit].permit < i)
			hit++;
		if (!allows_port(permit, search->port))
			continue;
		hj_truth truth;
		status = hj_reach_covers(search->reach, i, subject, &truth, NULL);
		const hj_selector *selector = &search->policy->terms[permit->dst.term].selector;
		if (!status && selector->kind == HJ_SELECT_AUTOGROUP &&
			selector->autogroup == HJ_AUTOGROUP_SELF) {
			bool own = hit < hit_count && hits[hit].permit == i;
			truth = !own ? HJ_NO : truth < hits[hit].truth ? truth : hits[hit].truth;
		}
		if (!status)
			count(search, i, truth);
	}
	return status;
}

/* -- what is asked for --------------------------------------------------------------------------- */

static hj_status read_ipport(hj_slice asked, hj_slice *host, uint16_t *port, const char **what)
{
	hj_hostport hostport;
	hj_ports ports;
	hj_address address;
	*what = "not an address and a port";
	if (!hj_hostport_split(asked, &hostport) || !hj_ports_parse(hostport.ports, &ports, NULL) ||
		ports.first != ports.last || !hj_address_parse(hostport.host, &address))
		return HJ_INVALID;
	*host = hostport.host;
	*port = ports.first;
	return HJ_OK;
}

static hj_status find_subjects(
	struct search *search, hj_preview *preview, hj_subjects *subjects, const char **what)
{
	bool is_user = preview->type == HJ_PREVIEW_USER;
	hj_slice text = preview->asked;
	hj_status status = is_user ? HJ_OK : read_ipport(text, &text, &search->port, what);
	if (!status)
		status = hj_expand(search->reach, text, !is_user, subjects, what);
	search->subjects = subjects->count;
	for (uint32_t i = 0; !status && i < subjects->count; i++) {
		search->subject = i + 1;
		status = is_user ? visit_source(search, &subjects->items[i])
				 : visit_destination(search, &subjects->items[i]);
	}
	return status;
}

/* -- matches ------------------------------------------------------------------------------------- */

/* "tag:db" and "tcp:5432" → "tag:db:tcp:5432"; IPv6 gets brackets, a prefix needs none. */
static hj_slice join(hj_preview *preview, hj_slice dst, hj_slice item, bool *ok)
{
	hj_address address;
	bool bracketed = hj_address_parse(dst, &address) && address.v6;
	hj_text text;
	hj_text_init(&text, preview->arena.allocator);
	hj_text_str(&text, bracketed ? "[" : "");
	hj_text_append(&text, dst);
	hj_text_str(&text, bracketed ? "]:" : ":");
	hj_text_append(&text, item);
	*ok = *ok && !text.status;
	hj_slice out = *ok ? hj_arena_copy(&preview->arena, hj_text_slice(&text), ok) : dst;
	hj_text_free(&text);
	return out;
}

static bool add_ports(
	hj_preview *preview, hj_preview_match *match, const hj_words *dst, const hj_words *ip)
{
	size_t items = ip && ip->count ? ip->count : 1, size;
	if (!hj_multiply(dst->count, items, &size) || size > UINT32_MAX ||
		!hj_multiply(size, sizeof(hj_slice), &size))
		return false;
	hj_slice *ports = hj_arena_alloc(&preview->arena, size ? size : 1);
	bool ok = ports != NULL;
	match->ports = ports;
	for (uint32_t i = 0; ok && i < dst->count; i++)
		for (size_t k = 0; ok && k < items; k++)
			ports[match->port_count++] = ip && ip->count
				? join(preview, dst->items[i].text, ip->items[k].text, &ok)
				: dst->items[i].text;
	return ok;
}

static bool add_match(struct search *search, hj_preview *preview, bool grant, uint32_t index)
{
	const struct tally *tally = grant ? &search->grants[index] : &search->acls[index];
	if (!tally->seen)
		return true;
	hj_preview_match *match = &preview->matches[preview->count++];
	*match = (hj_preview_match){.grant = grant, .index = index};
	match->truth = tally->sure == search->subjects ? HJ_YES : HJ_MAYBE;
	if (grant) {
		const hj_grant *rule = &search->policy->grants.items[index];
		match->node = rule->node;
		match->users = &rule->src;
		match->via = &rule->via;
		match->postures = &rule->posture;
		return add_ports(preview, match, &rule->dst, &rule->ip);
	}
	const hj_acl *rule = &search->policy->acls.items[index];
	match->node = rule->node;
	match->users = &rule->src;
	match->postures = &rule->posture;
	return add_ports(preview, match, &rule->dst, NULL);
}

static int by_node(const void *a, const void *b)
{
	const hj_preview_match *one = a, *other = b;
	return one->node < other->node ? -1 : one->node > other->node;
}

static hj_status add_matches(struct search *search, hj_preview *preview)
{
	uint32_t acls = search->policy->acls.count, grants = search->policy->grants.count;
	uint32_t room = 0;
	for (uint32_t i = 0; i < acls; i++)
		room += search->acls[i].seen != 0;
	for (uint32_t i = 0; i < grants; i++)
		room += search->grants[i].seen != 0;
	preview->matches = hj_arena_alloc(&preview->arena, room * sizeof *preview->matches + 1);
	bool ok = preview->matches != NULL;
	for (uint32_t i = 0; ok && i < acls; i++)
		ok = add_match(search, preview, false, i);
	for (uint32_t i = 0; ok && i < grants; i++)
		ok = add_match(search, preview, true, i);
	if (ok && preview->count)
		qsort(preview->matches, preview->count, sizeof *preview->matches, by_node);
	return ok ? HJ_OK : HJ_NO_MEMORY;
}

static struct tally *make_tallies(hj_arena *arena, uint32_t count)
{
	struct tally *tallies = hj_arena_alloc(arena, count * sizeof *tallies + 1);
	if (tallies)
		memset(tallies, 0, count * sizeof *tallies);
	return tallies;
}

hj_status hj_preview_make(hj_reach *reach, hj_preview_type type, hj_slice asked,
	const hj_allocator *allocator, hj_preview *out, const char **what)
{
	const hj_policy *policy = hj_reach_world(reach)->policy;
	*out = (hj_preview){.policy = policy, .type = type, .asked = asked};
	hj_arena_init(&out->arena, allocator);
	hj_subjects subjects = {.allocator = allocator};
	struct search search = {.reach = reach, .policy = policy, .allocator = allocator};
	search.permits = hj_reach_permits(reach, &search.permit_count);
	search.acls = make_tallies(&out->arena, policy->acls.count);
	search.grants = make_tallies(&out->arena, policy->grants.count);
	hj_status status = search.acls && search.grants ? HJ_OK : HJ_NO_MEMORY;
	if (!status)
		status = find_subjects(&search, out, &subjects, what);
	if (!status)
		status = add_matches(&search, out);
	hj_subjects_free(&subjects);
	if (status)
		hj_preview_free(out);
	return status;
}

void hj_preview_free(hj_preview *preview)
{
	hj_arena_free(&preview->arena);
	*preview = (hj_preview){.arena.allocator = preview->arena.allocator};
}

/* -- the API's response -------------------------------------------------------------------------- */

/* The service writes blanks after commas and colons (tailnet API A.14). */
static void append_words(hj_text *out, const char *name, const hj_words *words)
{
	hj_text_printf(out, "\"%s\": [", name);
	for (uint32_t i = 0; i < words->count; i++) {
		hj_text_str(out, i ? ", " : "");
		hj_string_encode(words->items[i].text, out);
	}
	hj_text_byte(out, ']');
}

static void append_match(hj_text *out, const hj_preview *preview, const hj_preview_match *match)
{
	hj_source *source = hj_document_source(preview->policy->document);
	uint32_t start = hj_document_nodes(preview->policy->document)[match->node].start;
	hj_text_byte(out, '{');
	append_words(out, "users", match->users);
	hj_text_str(out, ", \"ports\": [");
	for (uint32_t i = 0; i < match->port_count; i++) {
		hj_text_str(out, i ? ", " : "");
		hj_string_encode(match->ports[i], out);
	}
	hj_text_printf(out, "], \"lineNumber\": %u", hj_source_place(source, start, HJ_BYTES).line);
	if (match->via && match->via->count) {
		hj_text_str(out, ", ");
		append_words(out, "via", match->via);
	}
	if (match->postures->count) {
		hj_text_str(out, ", ");
		append_words(out, "postures", match->postures);
	}
	hj_text_byte(out, '}');
}

static bool is_sure(const hj_preview_match *match)
{
	return match->truth == HJ_YES;
}

/* Which definitions the matches name; NULL: no memory. */
static bool *mark_postures(hj_text *out, const hj_preview *preview)
{
	const hj_entries *postures = &preview->policy->postures;
	hj_map names;
	hj_map_init(&names, out->allocator);
	bool *named = hj_alloc(out->allocator, postures->count);
	hj_status status = named ? HJ_OK : HJ_NO_MEMORY;
	for (uint32_t i = 0; !status && i < postures->count; i++) {
		named[i] = false;
		status = hj_map_put(&names, hj_trim(postures->items[i].name.text), i, NULL, NULL);
	}
	for (uint32_t i = 0; !status && i < preview->count; i++) {
		const hj_preview_match *match = &preview->matches[i];
		for (uint32_t k = 0; is_sure(match) && k < match->postures->count; k++) {
			hj_slice name = hj_trim(match->postures->items[k].text);
			const uint32_t *found = hj_map_get(&names, name);
			if (found)
				named[*found] = true;
		}
	}
	hj_map_free(&names);
	if (status) {
		hj_free(out->allocator, named, postures->count);
		named = NULL;
	}
	return named;
}

static void append_postures(hj_text *out, const hj_preview *preview)
{
	const hj_entries *postures = &preview->policy->postures;
	bool *named = mark_postures(out, preview), any = false;
	if (!named) {
		hj_text_free(out);
		out->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < postures->count; i++) {
		if (!named[i])
			continue;
		const hj_entry *entry = &postures->items[i];
		hj_text_str(out, any ? ", " : ", \"postures\": {");
		any = true;
		hj_string_encode(hj_trim(entry->name.text), out);
		hj_text_str(out, ": [");
		for (uint32_t k = 0; k < entry->words.count; k++) {
			hj_text_str(out, k ? ", " : "");
			hj_string_encode(entry->words.items[k].text, out);
		}
		hj_text_byte(out, ']');
	}
	hj_text_str(out, any ? "}" : "");
	hj_free(out->allocator, named, postures->count);
}

void hj_preview_append(hj_text *out, const hj_preview *preview)
{
	hj_text_str(out, "{\"matches\": [");
	bool any = false;
	for (uint32_t i = 0; i < preview->count; i++) {
		if (!is_sure(&preview->matches[i]))
			continue;
		hj_text_str(out, any ? ", " : "");
		append_match(out, preview, &preview->matches[i]);
		any = true;
	}
	hj_text_printf(out, "], \"type\": \"%s\", \"previewFor\": ",
		preview->type == HJ_PREVIEW_USER ? "user" : "ipport");
	hj_string_encode(preview->asked, out);
	append_postures(out, preview);
	hj_text_byte(out, '}');
}
