/*
 * Why not: the nearest miss in words.
 */
#include "access/access_parts.h"

enum { MOST_LISTED = 6 }; /* items in a sentence */

static void append_services(hj_text *out, const hj_permit *permit)
{
	for (uint32_t i = 0; i < permit->service_count; i++) {
		if (i == MOST_LISTED) {
			hj_text_str(out, ",…");
			return;
		}
		hj_text_str(out, i ? "," : "");
		hj_service_append(out, permit->services[i]);
	}
}

void hj__words_append(hj_text *out, const hj_words *words, const char *between)
{
	for (uint32_t i = 0; i < words->count; i++) {
		hj_text_str(out, i ? between : "");
		if (i == MOST_LISTED) {
			hj_text_str(out, "…");
			return;
		}
		hj_text_append(out, hj_trim(words->items[i].text));
	}
}

/* Where the ports of a permit stand: behind the destination of an acl, in "ip" of a grant. */
static uint32_t ports_node(const hj_policy *policy, const hj_permit *permit)
{
	return permit->kind == HJ_PERMIT_GRANT ? policy->grants.items[permit->rule].ip.node
					       : permit->dst.node;
}

static uint32_t destinations_node(const hj_policy *policy, const hj_permit *permit)
{
	return permit->kind == HJ_PERMIT_GRANT ? policy->grants.items[permit->rule].dst.node
					       : policy->acls.items[permit->rule].dst.node;
}

/* "udp:53", "icmp:*" */
static void append_asked(hj_text *out, int protocol, int port)
{
	bool all = port < 0 || !hj_protocol_has_ports((uint8_t)protocol);
	hj_ports ports = {all ? 0 : (uint16_t)port, all ? UINT16_MAX : (uint16_t)port};
	hj_service_append(out, (hj_service){(int16_t)protocol, ports});
}

/* What the permit lacks; the node that it lacks it in. */
static uint32_t append_lack(hj_text *out, const hj_reach *reach, const hj_miss *miss,
	const hj_subject *source, const hj_subject *destination, int protocol, int port)
{
	const hj_policy *policy = reach->world->policy;
	const hj_permit *permit = &reach->permits[miss->permit];
	switch (miss->kind) {
	case HJ_MISS_PORT:
		hj_text_printf(out, "port %d is not in ", port);
		append_services(out, permit);
		return ports_node(policy, permit);
	case HJ_MISS_PROTOCOL:
		if (protocol < 0)
			hj_text_str(out, "neither tcp nor udp");
		else
			append_asked(out, protocol, port);
		hj_text_str(out, protocol < 0 ? " is in " : " is not in ");
		append_services(out, permit);
		return ports_node(policy, permit);
	case HJ_MISS_POSTURE:
		hj__words_append(out, permit->posture, " or ");
		hj_text_str(out, " is not met");
		return permit->posture->node;
	case HJ_MISS_ROUTER:
		hj_text_str(out, "no device with ");
		hj__words_append(out, permit->via, " or ");
		hj_text_str(out, " routes ");
		hj_subject_append(out, destination);
		return permit->via->node;
	case HJ_MISS_SOURCE:
		hj_subject_append(out, source);
		hj_text_str(out, " is not in the sources");
		return permit->src ? permit->src->node : 0;
	case HJ_MISS_DESTINATION:
		hj_subject_append(out, destination);
		hj_text_str(out, " is not in the destinations");
		return destinations_node(policy, permit);
	case HJ_MISS_NOTHING: break;
	}
	return 0;
}

hj_status hj__explain(hj_reach *reach, const hj_subject *source, const hj_subject *destination,
	int protocol, int port, hj_text *out, uint32_t *node)
{
	hj_miss miss;
	hj_status status = hj_reach_miss(reach, destination, protocol, port, &miss);
	*node = 0;
	if (status)
		return status;
	if (miss.kind == HJ_MISS_NOTHING || miss.permit == HJ_NONE) {
		hj_text_str(out, "no rule has ");
		hj_subject_append(out, source);
		hj_text_str(out, " or ");
		hj_subject_append(out, destination);
		if (port >= 0)
			hj_text_printf(out, " with port %d", port);
		return HJ_OK;
	}
	*node = append_lack(out, reach, &miss, source, destination, protocol, port);
	if (!*node)
		*node = reach->permits[miss.permit].node;
	return HJ_OK;
}

/* -- SSH and applications -------------------------------------------------------------------------- */

hj_status hj__explain_login(hj_reach *reach, const hj_origin *source, const hj_subject *destination,
	hj_text *out, uint32_t *node)
{
	const hj_ssh *rules = &reach->world->policy->ssh;
	hj_login any;
	*node = 0;
	if (rules->count == 0) {
		hj_text_str(out, "there is no rule in \"ssh\"");
		return HJ_OK;
	}
	hj_status status = hj_login_ask(reach, source, destination, HJ_SLICE(""), &any);
	if (status)
		return status;
	if (any.rule_count == 0) {
		hj_text_str(out, "no rule in \"ssh\" has ");
		hj_subject_append(out, &source->subject);
		hj_text_str(out, " with ");
		hj_subject_append(out, destination);
		return HJ_OK;
	}
	const hj_words *users = &rules->items[any.rules[0]].users;
	hj_text_str(out, "the account is not in ");
	hj__words_append(out, users, ", ");
	*node = users->node;
	return HJ_OK;
}

void hj__explain_app(hj_reach *reach, hj_slice capability, hj_text *out, uint32_t *node)
{
	const hj_grants *grants = &reach->world->policy->grants;
	*node = 0;
	for (uint32_t i = 0; i < grants->count; i++)
		for (uint32_t k = 0; k < grants->items[i].app.count; k++) {
			const hj_word *name = &grants->items[i].app.items[k].name;
			if (!hj_slice_equal(hj_trim(name->text), capability))
				continue;
			hj_text_str(
				out, "a grant of the capability has another source or destination");
			*node = name->node;
			return;
		}
	hj_text_str(out, "no grant has the capability");
}
