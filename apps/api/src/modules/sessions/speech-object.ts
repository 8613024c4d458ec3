/** Where an uploaded utterance waits for its worker. */
export function speechObjectKey(tenantId: string, sessionId: string, utteranceId: string): string {
  return `tenants/${tenantId}/speech/${sessionId}/${utteranceId}`;
}
