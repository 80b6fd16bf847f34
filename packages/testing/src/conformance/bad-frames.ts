/** A frame that no peer may send. */
export interface BadFrame {
  readonly what: string
  /** `$opid` stands for a fresh uuid4. */
  readonly text: string
  /** Whether a rejection can name it: it has a uuid4 where it must be. */
  readonly usable: boolean
}

/** Tables of bad frames are data: each is counted, and rejected only where that is possible. */
export const badFrames: readonly BadFrame[] = [
  { what: 'nothing', text: '', usable: false },
  { what: 'text that is not JSON', text: 'this is not json', usable: false },
  { what: 'a byte order mark', text: '\ufeff{}', usable: false },
  { what: 'half a document', text: '{"opid":', usable: false },
  { what: 'an array', text: '[]', usable: false },
  { what: 'a number', text: '5', usable: false },
  { what: 'null', text: 'null', usable: false },
  { what: 'an empty object', text: '{}', usable: false },
  { what: 'a numeric opid', text: '{"opid":42,"opnm":"/info","opct":{}}', usable: false },
  { what: 'an opid that is null', text: '{"opid":null,"opnm":"/info","opct":{}}', usable: false },
  { what: 'an opid that is no uuid4', text: '{"opid":"not-a-uuid","opnm":"/info","opct":{}}', usable: false },
  { what: 'no opnm', text: '{"opid":"$opid","opct":{}}', usable: true },
  { what: 'an opnm that is null', text: '{"opid":"$opid","opnm":null,"opct":{}}', usable: true },
  { what: 'no opct', text: '{"opid":"$opid","opnm":"/info"}', usable: true },
  { what: 'two documents', text: '{"opid":"$opid","opnm":"/info","opct":{}} {}', usable: true },
  { what: 'a bare NaN', text: '{"opid": "$opid", "opnm": "/info", "opct": NaN}', usable: true },
]

/** How many bad frames at once are lived through; the next one closes the connection with 4400. */
export const badFramesAllowed = 16
