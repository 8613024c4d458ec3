import { Module } from '@nestjs/common';
import { createLedger } from '@visavis/credits';
import type { Database } from '@visavis/db';
import { DATABASE } from '../../tokens';
import { MeterClock } from '../metering/meter-clock.service';
import { MeteringService } from '../metering/metering.service';
import { LEDGER } from '../metering/metering.tokens';
import { WorkerGatewayController } from '../worker-gateway/worker-gateway.controller';
import { BackgroundImages } from './background-images.service';
import { CuesController } from './cues.controller';
import { CuesService } from './cues.service';
import { EventsController } from './events.controller';
import { SessionEvents } from './session-events.service';
import { SessionLifecycle } from './session-lifecycle.service';
import { SessionSocketServer } from './session-socket.server';
import { SessionSweep } from './session-sweep.service';
import { SessionTimings } from './session-timings.service';
import { SessionsController } from './sessions.controller';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';
import { SpeechService } from './speech.service';
import { UtteranceTimingsRepository } from './utterance-timings.repository';
import { UtterancesRepository } from './utterances.repository';
import { UtterancesService } from './utterances.service';
import { WhepController } from './whep.controller';
import { WorkerMonitor } from './worker-monitor.service';
import { WorkerReports } from './worker-reports.service';

@Module({
  controllers: [SessionsController, CuesController, WhepController, EventsController, WorkerGatewayController],
  providers: [
    { provide: LEDGER, inject: [DATABASE], useFactory: (database: Database) => createLedger(database) },
    BackgroundImages,
    CuesService,
    MeteringService,
    MeterClock,
    SessionEvents,
    SessionLifecycle,
    SessionSocketServer,
    SessionSweep,
    SessionTimings,
    SessionsRepository,
    SessionsService,
    SpeechService,
    UtteranceTimingsRepository,
    UtterancesRepository,
    UtterancesService,
    WorkerMonitor,
    WorkerReports,
  ],
  exports: [LEDGER, SessionTimings, SessionsService],
})
export class SessionsModule {}
