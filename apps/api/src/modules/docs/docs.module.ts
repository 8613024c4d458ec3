import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller';
import { OpenApiHolder } from './openapi-holder';

@Module({ controllers: [DocsController], providers: [OpenApiHolder] })
export class DocsModule {}
