/*
 * The rules of acceptance for nodeAttrs and autoApprovers.
 */
#include "policy/acceptance.h"

const hj_rule hj__node_rows[N_COUNT] = {
	[N_SELF] =
		{
			.code = "N001",
			.name = "self-as-target",
			.severity = HJ_ERROR_LEVEL,
			.summary = "autogroup:self is a target of node attributes",
			.why = "It has no meaning without somebody who connects, and the service "
			       "fails with "
			       "an error of its own.",
			.bad = "{\n"
			       "\t\"nodeAttrs\": [\n"
			       "\t\t{\"target\": [\"autogroup:self\"], \"attr\": "
			       "[\"drive:share\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"nodeAttrs\": [\n"
				"\t\t{\"target\": [\"autogroup:member\"], \"attr\": "
				"[\"drive:share\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:member\"",
			.service = "internal server error",
		},
	[N_TARGET] =
		{
			.code = "N002",
			.name = "node-target",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be a target of node attributes",
			.why = "Targets are users, groups, tags, autogroups of devices, hosts, "
			       "addresses and "
			       "\"*\". Everything else is read as an address, and refused.",
			.bad = "{\n"
			       "\t\"nodeAttrs\": [\n"
			       "\t\t{\"target\": [\"10.0.0.0/33\"], \"attr\": [\"drive:share\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"nodeAttrs\": [\n"
				"\t\t{\"target\": [\"*\"], \"attr\": [\"drive:share\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name devices",
			.service = "\"‹text›\": invalid address",
		},
	[N_POOL] =
		{
			.code = "N003",
			.name = "ip-pool",
			.severity = HJ_ERROR_LEVEL,
			.summary =
				"a pool of addresses is not inside 100.64.0.0/10, or is reserved",
			.why = "Devices get IPv4 addresses from 100.64.0.0/10 alone, and the "
			       "service keeps "
			       "100.100.0.0/24, 100.100.100.0/24 and 100.115.92.0/23 for itself.",
			.bad = "{\n"
			       "\t\"nodeAttrs\": [\n"
			       "\t\t{\"target\": [\"*\"], \"ipPool\": [\"100.100.100.0/24\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"nodeAttrs\": [\n"
				"\t\t{\"target\": [\"*\"], \"ipPool\": [\"100.81.0.0/16\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "choose another network inside 100.64.0.0/10",
			.service = "IPPool(‹network›): network within reserved range",
		},
	[N_ROUTE] =
		{
			.code = "N004",
			.name = "approver-route",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a route to approve is no network",
			.why = "The names in \"routes\" are networks; one covers every smaller "
			       "network inside "
			       "it. Exit nodes are approved in \"exitNode\".",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:router\": []},\n"
			       "\t\"autoApprovers\": {\n"
			       "\t\t\"routes\": {\"10.0.0.1\": [\"tag:router\"]},\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:router\": []},\n"
				"\t\"autoApprovers\": {\n"
				"\t\t\"routes\": {\"10.0.0.1/32\": [\"tag:router\"]},\n"
				"\t},\n"
				"}\n",
			.fix = "write ADDRESS/LENGTH",
		},
	[N_APPROVER] =
		{
			.code = "N005",
			.name = "approver",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be an approver",
			.why = "Approvers are users, groups, tags and autogroups of people: the "
			       "owner of the "
			       "device that advertises is looked for among them. For services they "
			       "are tags.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:router\": []},\n"
			       "\t\"autoApprovers\": {\n"
			       "\t\t\"routes\": {\"10.0.0.0/16\": [\"tag:router\", "
			       "\"100.64.0.9\"]},\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:router\": []},\n"
				"\t\"autoApprovers\": {\n"
				"\t\t\"routes\": {\"10.0.0.0/16\": [\"tag:router\"]},\n"
				"\t},\n"
				"}\n",
			.fix = "name a tag",
		},
	[N_SERVICE] =
		{
			.code = "N006",
			.name = "approver-service",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a service to approve is neither svc:NAME nor tag:NAME",
			.why = "The names in \"services\" are services, or tags for all services "
			       "that their "
			       "devices offer.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:router\": []},\n"
			       "\t\"autoApprovers\": {\n"
			       "\t\t\"services\": {\"db\": [\"tag:router\"]},\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:router\": []},\n"
				"\t\"autoApprovers\": {\n"
				"\t\t\"services\": {\"svc:db\": [\"tag:router\"]},\n"
				"\t},\n"
				"}\n",
			.fix = "write \"svc:NAME\"",
		},
};

const hj_rule *hj_node_rules(size_t *count)
{
	*count = N_COUNT;
	return hj__node_rows;
}
