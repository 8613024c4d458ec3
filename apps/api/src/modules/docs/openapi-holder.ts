import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The document is made from the finished application, which no provider can inject: app.ts hands the recipe in. */
@Injectable()
export class OpenApiHolder {
  #create: (() => OpenAPIObject) | undefined;
  #document: OpenAPIObject | undefined;

  provide(create: () => OpenAPIObject): void {
    this.#create = create;
  }

  document(): OpenAPIObject {
    if (this.#create === undefined) throw new Error('the OpenAPI document was asked for before the application was made');
    return (this.#document ??= this.#create());
  }
}
