import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE } from './access.decorator';

/** Refuses to start with a route that doesn't say who may call it. */
@Injectable()
export class RouteAudit implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const open = this.discovery.getControllers().flatMap((wrapper) => this.#routesWithoutRule(wrapper.metatype as Type | null));
    if (open.length > 0) throw new Error(`routes without @Access: ${open.join(', ')}`);
  }

  #routesWithoutRule(controller: Type | null): string[] {
    if (controller === null) return [];
    const prototype = controller.prototype as Record<string, unknown>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => {
        const method = prototype[name];
        if (typeof method !== 'function' || !Reflect.hasMetadata(PATH_METADATA, method)) return false;
        return this.reflector.getAllAndOverride(ACCESS_RULE, [method, controller]) === undefined;
      })
      .map((name) => `${controller.name}.${name}`);
  }
}
