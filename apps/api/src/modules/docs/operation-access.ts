import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE } from '../../access/access.decorator';
import type { AccessRule } from '../../access/principal';

/** Who may call what, by `Controller.method`. */
export function rulesByOperation(app: INestApplication): Map<string, AccessRule> {
  const scanner = new MetadataScanner();
  const reflector = new Reflector();
  const rules = new Map<string, AccessRule>();
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, () => unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const rule = reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [prototype[name]!, metatype]);
      if (rule !== undefined) rules.set(`${metatype.name}.${name}`, rule);
    }
  }
  return rules;
}

/** A rule in OpenAPI's terms and in words. */
export function describeAccess(rule: AccessRule): { security: Record<string, string[]>[]; text: string } {
  if (rule.public === true) return { security: [], text: '' };
  const security: Record<string, string[]>[] = [];
  const ways: string[] = [];
  if (rule.key !== undefined) {
    security.push({ api_key: [rule.key] });
    ways.push(`an API key with \`${rule.key}\``);
  }
  if (rule.client !== undefined) {
    security.push({ client_token: [rule.client] });
    ways.push(`a client token with \`${rule.client}\``);
  }
  if (rule.member !== undefined) {
    security.push({ dashboard: [] });
    ways.push(`a member from \`${rule.member}\` up`);
  }
  return { security, text: `Needs ${ways.join(', or ')}.` };
}
