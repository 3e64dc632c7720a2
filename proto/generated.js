/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $isFinite = $util.global.isFinite, $String = $util.global.String, $Boolean = $util.global.Boolean, $Array = $util.global.Array;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const anchorage = $root.anchorage = (() => {

    /**
     * Namespace anchorage.
     * @exports anchorage
     * @namespace
     */
    const anchorage = {};

    anchorage.v1 = (function() {

        /**
         * Namespace v1.
         * @memberof anchorage
         * @namespace
         */
        const v1 = {};

        v1.RunSpec = (function() {

            /**
             * Properties of a RunSpec.
             * @typedef {Object} anchorage.v1.RunSpec.$Properties
             * @property {anchorage.v1.ObjectiveSpec.$Properties|null} [objective] RunSpec objective
             * @property {anchorage.v1.PolicySpec.$Properties|null} [policy] RunSpec policy
             * @property {anchorage.v1.FilterSpec.$Properties|null} [filter] RunSpec filter
             * @property {anchorage.v1.ReviserSpec.$Properties|null} [reviser] RunSpec reviser
             * @property {anchorage.v1.SpendSpec.$Properties|null} [spend] RunSpec spend
             * @property {anchorage.v1.JudgeSpec.$Properties|null} [judge] RunSpec judge
             * @property {anchorage.v1.AnswererSpec.$Properties|null} [answerer] RunSpec answerer
             * @property {anchorage.v1.SamplerSpec.$Properties|null} [sampler] RunSpec sampler
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RunSpec.
             * @memberof anchorage.v1
             * @interface IRunSpec
             * @augments anchorage.v1.RunSpec.$Properties
             * @deprecated Use anchorage.v1.RunSpec.$Properties instead.
             */

            /**
             * Shape of a RunSpec.
             * @typedef {anchorage.v1.RunSpec.$Properties} anchorage.v1.RunSpec.$Shape
             */

            /**
             * Constructs a new RunSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a RunSpec.
             * @constructor
             * @param {anchorage.v1.RunSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RunSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RunSpec objective.
             * @member {anchorage.v1.ObjectiveSpec.$Properties|null|undefined} objective
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.objective = null;

            /**
             * RunSpec policy.
             * @member {anchorage.v1.PolicySpec.$Properties|null|undefined} policy
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.policy = null;

            /**
             * RunSpec filter.
             * @member {anchorage.v1.FilterSpec.$Properties|null|undefined} filter
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.filter = null;

            /**
             * RunSpec reviser.
             * @member {anchorage.v1.ReviserSpec.$Properties|null|undefined} reviser
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.reviser = null;

            /**
             * RunSpec spend.
             * @member {anchorage.v1.SpendSpec.$Properties|null|undefined} spend
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.spend = null;

            /**
             * RunSpec judge.
             * @member {anchorage.v1.JudgeSpec.$Properties|null|undefined} judge
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.judge = null;

            /**
             * RunSpec answerer.
             * @member {anchorage.v1.AnswererSpec.$Properties|null|undefined} answerer
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.answerer = null;

            /**
             * RunSpec sampler.
             * @member {anchorage.v1.SamplerSpec.$Properties|null|undefined} sampler
             * @memberof anchorage.v1.RunSpec
             * @instance
             */
            RunSpec.prototype.sampler = null;

            /**
             * Creates a new RunSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.RunSpec
             * @static
             * @param {anchorage.v1.RunSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.RunSpec} RunSpec instance
             * @type {{
             *   (properties: anchorage.v1.RunSpec.$Shape): anchorage.v1.RunSpec & anchorage.v1.RunSpec.$Shape;
             *   (properties?: anchorage.v1.RunSpec.$Properties): anchorage.v1.RunSpec;
             * }}
             */
            RunSpec.create = function(properties) {
                return new RunSpec(properties);
            };

            /**
             * Encodes the specified RunSpec message. Does not implicitly {@link anchorage.v1.RunSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.RunSpec
             * @static
             * @param {anchorage.v1.RunSpec.$Properties} message RunSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RunSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective"))
                    $root.anchorage.v1.ObjectiveSpec.encode(message.objective, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                    $root.anchorage.v1.PolicySpec.encode(message.policy, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.filter != null && $Object.hasOwnProperty.call(message, "filter"))
                    $root.anchorage.v1.FilterSpec.encode(message.filter, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.reviser != null && $Object.hasOwnProperty.call(message, "reviser"))
                    $root.anchorage.v1.ReviserSpec.encode(message.reviser, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.spend != null && $Object.hasOwnProperty.call(message, "spend"))
                    $root.anchorage.v1.SpendSpec.encode(message.spend, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.judge != null && $Object.hasOwnProperty.call(message, "judge"))
                    $root.anchorage.v1.JudgeSpec.encode(message.judge, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.answerer != null && $Object.hasOwnProperty.call(message, "answerer"))
                    $root.anchorage.v1.AnswererSpec.encode(message.answerer, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.sampler != null && $Object.hasOwnProperty.call(message, "sampler"))
                    $root.anchorage.v1.SamplerSpec.encode(message.sampler, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RunSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.RunSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.RunSpec & anchorage.v1.RunSpec.$Shape} RunSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RunSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.RunSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.objective = $root.anchorage.v1.ObjectiveSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.objective);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.policy = $root.anchorage.v1.PolicySpec.decode(reader, reader.size(), $undefined, _depth + 1, message.policy);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.filter = $root.anchorage.v1.FilterSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.filter);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.reviser = $root.anchorage.v1.ReviserSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.reviser);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.spend = $root.anchorage.v1.SpendSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spend);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.judge = $root.anchorage.v1.JudgeSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.judge);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.answerer = $root.anchorage.v1.AnswererSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.answerer);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.sampler = $root.anchorage.v1.SamplerSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.sampler);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a RunSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.RunSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.RunSpec} RunSpec
             */
            RunSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.RunSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.RunSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.RunSpec();
                if (object.objective != null) {
                    if (!$util.isObject(object.objective))
                        throw $TypeError(".anchorage.v1.RunSpec.objective: object expected");
                    message.objective = $root.anchorage.v1.ObjectiveSpec.fromObject(object.objective, _depth + 1);
                }
                if (object.policy != null) {
                    if (!$util.isObject(object.policy))
                        throw $TypeError(".anchorage.v1.RunSpec.policy: object expected");
                    message.policy = $root.anchorage.v1.PolicySpec.fromObject(object.policy, _depth + 1);
                }
                if (object.filter != null) {
                    if (!$util.isObject(object.filter))
                        throw $TypeError(".anchorage.v1.RunSpec.filter: object expected");
                    message.filter = $root.anchorage.v1.FilterSpec.fromObject(object.filter, _depth + 1);
                }
                if (object.reviser != null) {
                    if (!$util.isObject(object.reviser))
                        throw $TypeError(".anchorage.v1.RunSpec.reviser: object expected");
                    message.reviser = $root.anchorage.v1.ReviserSpec.fromObject(object.reviser, _depth + 1);
                }
                if (object.spend != null) {
                    if (!$util.isObject(object.spend))
                        throw $TypeError(".anchorage.v1.RunSpec.spend: object expected");
                    message.spend = $root.anchorage.v1.SpendSpec.fromObject(object.spend, _depth + 1);
                }
                if (object.judge != null) {
                    if (!$util.isObject(object.judge))
                        throw $TypeError(".anchorage.v1.RunSpec.judge: object expected");
                    message.judge = $root.anchorage.v1.JudgeSpec.fromObject(object.judge, _depth + 1);
                }
                if (object.answerer != null) {
                    if (!$util.isObject(object.answerer))
                        throw $TypeError(".anchorage.v1.RunSpec.answerer: object expected");
                    message.answerer = $root.anchorage.v1.AnswererSpec.fromObject(object.answerer, _depth + 1);
                }
                if (object.sampler != null) {
                    if (!$util.isObject(object.sampler))
                        throw $TypeError(".anchorage.v1.RunSpec.sampler: object expected");
                    message.sampler = $root.anchorage.v1.SamplerSpec.fromObject(object.sampler, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a RunSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.RunSpec
             * @static
             * @param {anchorage.v1.RunSpec} message RunSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            RunSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.objective = null;
                    object.policy = null;
                    object.filter = null;
                    object.reviser = null;
                    object.spend = null;
                    object.judge = null;
                    object.answerer = null;
                    object.sampler = null;
                }
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective"))
                    object.objective = $root.anchorage.v1.ObjectiveSpec.toObject(message.objective, options, _depth + 1);
                if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                    object.policy = $root.anchorage.v1.PolicySpec.toObject(message.policy, options, _depth + 1);
                if (message.filter != null && $Object.hasOwnProperty.call(message, "filter"))
                    object.filter = $root.anchorage.v1.FilterSpec.toObject(message.filter, options, _depth + 1);
                if (message.reviser != null && $Object.hasOwnProperty.call(message, "reviser"))
                    object.reviser = $root.anchorage.v1.ReviserSpec.toObject(message.reviser, options, _depth + 1);
                if (message.spend != null && $Object.hasOwnProperty.call(message, "spend"))
                    object.spend = $root.anchorage.v1.SpendSpec.toObject(message.spend, options, _depth + 1);
                if (message.judge != null && $Object.hasOwnProperty.call(message, "judge"))
                    object.judge = $root.anchorage.v1.JudgeSpec.toObject(message.judge, options, _depth + 1);
                if (message.answerer != null && $Object.hasOwnProperty.call(message, "answerer"))
                    object.answerer = $root.anchorage.v1.AnswererSpec.toObject(message.answerer, options, _depth + 1);
                if (message.sampler != null && $Object.hasOwnProperty.call(message, "sampler"))
                    object.sampler = $root.anchorage.v1.SamplerSpec.toObject(message.sampler, options, _depth + 1);
                return object;
            };

            /**
             * Converts this RunSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.RunSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            RunSpec.prototype.toJSON = function() {
                return RunSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RunSpec;
        })();

        v1.PolicySpec = (function() {

            /**
             * Properties of a PolicySpec.
             * @typedef {Object} anchorage.v1.PolicySpec.$Properties
             * @property {number|null} [temperature] PolicySpec temperature
             * @property {number|null} [topP] PolicySpec topP
             * @property {number|null} [topK] PolicySpec topK
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PolicySpec.
             * @memberof anchorage.v1
             * @interface IPolicySpec
             * @augments anchorage.v1.PolicySpec.$Properties
             * @deprecated Use anchorage.v1.PolicySpec.$Properties instead.
             */

            /**
             * Shape of a PolicySpec.
             * @typedef {anchorage.v1.PolicySpec.$Properties} anchorage.v1.PolicySpec.$Shape
             */

            /**
             * Constructs a new PolicySpec.
             * @memberof anchorage.v1
             * @classdesc Represents a PolicySpec.
             * @constructor
             * @param {anchorage.v1.PolicySpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PolicySpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PolicySpec temperature.
             * @member {number} temperature
             * @memberof anchorage.v1.PolicySpec
             * @instance
             */
            PolicySpec.prototype.temperature = 0;

            /**
             * PolicySpec topP.
             * @member {number} topP
             * @memberof anchorage.v1.PolicySpec
             * @instance
             */
            PolicySpec.prototype.topP = 0;

            /**
             * PolicySpec topK.
             * @member {number} topK
             * @memberof anchorage.v1.PolicySpec
             * @instance
             */
            PolicySpec.prototype.topK = 0;

            /**
             * Creates a new PolicySpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.PolicySpec
             * @static
             * @param {anchorage.v1.PolicySpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.PolicySpec} PolicySpec instance
             * @type {{
             *   (properties: anchorage.v1.PolicySpec.$Shape): anchorage.v1.PolicySpec & anchorage.v1.PolicySpec.$Shape;
             *   (properties?: anchorage.v1.PolicySpec.$Properties): anchorage.v1.PolicySpec;
             * }}
             */
            PolicySpec.create = function(properties) {
                return new PolicySpec(properties);
            };

            /**
             * Encodes the specified PolicySpec message. Does not implicitly {@link anchorage.v1.PolicySpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.PolicySpec
             * @static
             * @param {anchorage.v1.PolicySpec.$Properties} message PolicySpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PolicySpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.temperature != null && $Object.hasOwnProperty.call(message, "temperature") && !$Object.is(message.temperature, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.temperature);
                if (message.topP != null && $Object.hasOwnProperty.call(message, "topP") && !$Object.is(message.topP, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.topP);
                if (message.topK != null && $Object.hasOwnProperty.call(message, "topK") && message.topK !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.topK);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PolicySpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.PolicySpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.PolicySpec & anchorage.v1.PolicySpec.$Shape} PolicySpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PolicySpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.PolicySpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.temperature = value;
                            else
                                delete message.temperature;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.topP = value;
                            else
                                delete message.topP;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.topK = value;
                            else
                                delete message.topK;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PolicySpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.PolicySpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.PolicySpec} PolicySpec
             */
            PolicySpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.PolicySpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.PolicySpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.PolicySpec();
                if (object.temperature != null)
                    if (!$Object.is($Number(object.temperature), 0))
                        message.temperature = $Number(object.temperature);
                if (object.topP != null)
                    if (!$Object.is($Number(object.topP), 0))
                        message.topP = $Number(object.topP);
                if (object.topK != null)
                    if ($Number(object.topK) !== 0)
                        message.topK = object.topK >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a PolicySpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.PolicySpec
             * @static
             * @param {anchorage.v1.PolicySpec} message PolicySpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PolicySpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.temperature = 0;
                    object.topP = 0;
                    object.topK = 0;
                }
                if (message.temperature != null && $Object.hasOwnProperty.call(message, "temperature"))
                    object.temperature = options.json && !$isFinite(message.temperature) ? $String(message.temperature) : message.temperature;
                if (message.topP != null && $Object.hasOwnProperty.call(message, "topP"))
                    object.topP = options.json && !$isFinite(message.topP) ? $String(message.topP) : message.topP;
                if (message.topK != null && $Object.hasOwnProperty.call(message, "topK"))
                    object.topK = message.topK;
                return object;
            };

            /**
             * Converts this PolicySpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.PolicySpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PolicySpec.prototype.toJSON = function() {
                return PolicySpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PolicySpec;
        })();

        v1.FilterSpec = (function() {

            /**
             * Properties of a FilterSpec.
             * @typedef {Object} anchorage.v1.FilterSpec.$Properties
             * @property {number|null} [minLengthRatio] FilterSpec minLengthRatio
             * @property {number|null} [maxLengthRatio] FilterSpec maxLengthRatio
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a FilterSpec.
             * @memberof anchorage.v1
             * @interface IFilterSpec
             * @augments anchorage.v1.FilterSpec.$Properties
             * @deprecated Use anchorage.v1.FilterSpec.$Properties instead.
             */

            /**
             * Shape of a FilterSpec.
             * @typedef {anchorage.v1.FilterSpec.$Properties} anchorage.v1.FilterSpec.$Shape
             */

            /**
             * Constructs a new FilterSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a FilterSpec.
             * @constructor
             * @param {anchorage.v1.FilterSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const FilterSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * FilterSpec minLengthRatio.
             * @member {number} minLengthRatio
             * @memberof anchorage.v1.FilterSpec
             * @instance
             */
            FilterSpec.prototype.minLengthRatio = 0;

            /**
             * FilterSpec maxLengthRatio.
             * @member {number} maxLengthRatio
             * @memberof anchorage.v1.FilterSpec
             * @instance
             */
            FilterSpec.prototype.maxLengthRatio = 0;

            /**
             * Creates a new FilterSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.FilterSpec
             * @static
             * @param {anchorage.v1.FilterSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.FilterSpec} FilterSpec instance
             * @type {{
             *   (properties: anchorage.v1.FilterSpec.$Shape): anchorage.v1.FilterSpec & anchorage.v1.FilterSpec.$Shape;
             *   (properties?: anchorage.v1.FilterSpec.$Properties): anchorage.v1.FilterSpec;
             * }}
             */
            FilterSpec.create = function(properties) {
                return new FilterSpec(properties);
            };

            /**
             * Encodes the specified FilterSpec message. Does not implicitly {@link anchorage.v1.FilterSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.FilterSpec
             * @static
             * @param {anchorage.v1.FilterSpec.$Properties} message FilterSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            FilterSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.minLengthRatio != null && $Object.hasOwnProperty.call(message, "minLengthRatio") && !$Object.is(message.minLengthRatio, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.minLengthRatio);
                if (message.maxLengthRatio != null && $Object.hasOwnProperty.call(message, "maxLengthRatio") && !$Object.is(message.maxLengthRatio, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.maxLengthRatio);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a FilterSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.FilterSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.FilterSpec & anchorage.v1.FilterSpec.$Shape} FilterSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            FilterSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.FilterSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.minLengthRatio = value;
                            else
                                delete message.minLengthRatio;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.maxLengthRatio = value;
                            else
                                delete message.maxLengthRatio;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a FilterSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.FilterSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.FilterSpec} FilterSpec
             */
            FilterSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.FilterSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.FilterSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.FilterSpec();
                if (object.minLengthRatio != null)
                    if (!$Object.is($Number(object.minLengthRatio), 0))
                        message.minLengthRatio = $Number(object.minLengthRatio);
                if (object.maxLengthRatio != null)
                    if (!$Object.is($Number(object.maxLengthRatio), 0))
                        message.maxLengthRatio = $Number(object.maxLengthRatio);
                return message;
            };

            /**
             * Creates a plain object from a FilterSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.FilterSpec
             * @static
             * @param {anchorage.v1.FilterSpec} message FilterSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            FilterSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.minLengthRatio = 0;
                    object.maxLengthRatio = 0;
                }
                if (message.minLengthRatio != null && $Object.hasOwnProperty.call(message, "minLengthRatio"))
                    object.minLengthRatio = options.json && !$isFinite(message.minLengthRatio) ? $String(message.minLengthRatio) : message.minLengthRatio;
                if (message.maxLengthRatio != null && $Object.hasOwnProperty.call(message, "maxLengthRatio"))
                    object.maxLengthRatio = options.json && !$isFinite(message.maxLengthRatio) ? $String(message.maxLengthRatio) : message.maxLengthRatio;
                return object;
            };

            /**
             * Converts this FilterSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.FilterSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            FilterSpec.prototype.toJSON = function() {
                return FilterSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return FilterSpec;
        })();

        v1.ReviserSpec = (function() {

            /**
             * Properties of a ReviserSpec.
             * @typedef {Object} anchorage.v1.ReviserSpec.$Properties
             * @property {string|null} [model] ReviserSpec model
             * @property {string|null} [instructions] ReviserSpec instructions
             * @property {number|null} [spendCeiling] ReviserSpec spendCeiling
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ReviserSpec.
             * @memberof anchorage.v1
             * @interface IReviserSpec
             * @augments anchorage.v1.ReviserSpec.$Properties
             * @deprecated Use anchorage.v1.ReviserSpec.$Properties instead.
             */

            /**
             * Shape of a ReviserSpec.
             * @typedef {anchorage.v1.ReviserSpec.$Properties} anchorage.v1.ReviserSpec.$Shape
             */

            /**
             * Constructs a new ReviserSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a ReviserSpec.
             * @constructor
             * @param {anchorage.v1.ReviserSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ReviserSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ReviserSpec model.
             * @member {string} model
             * @memberof anchorage.v1.ReviserSpec
             * @instance
             */
            ReviserSpec.prototype.model = "";

            /**
             * ReviserSpec instructions.
             * @member {string|null|undefined} instructions
             * @memberof anchorage.v1.ReviserSpec
             * @instance
             */
            ReviserSpec.prototype.instructions = null;

            /**
             * ReviserSpec spendCeiling.
             * @member {number|null|undefined} spendCeiling
             * @memberof anchorage.v1.ReviserSpec
             * @instance
             */
            ReviserSpec.prototype.spendCeiling = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ReviserSpec.prototype, "_instructions", {
                get: $util.oneOfGetter($oneOfFields = ["instructions"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ReviserSpec.prototype, "_spendCeiling", {
                get: $util.oneOfGetter($oneOfFields = ["spendCeiling"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new ReviserSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.ReviserSpec
             * @static
             * @param {anchorage.v1.ReviserSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.ReviserSpec} ReviserSpec instance
             * @type {{
             *   (properties: anchorage.v1.ReviserSpec.$Shape): anchorage.v1.ReviserSpec & anchorage.v1.ReviserSpec.$Shape;
             *   (properties?: anchorage.v1.ReviserSpec.$Properties): anchorage.v1.ReviserSpec;
             * }}
             */
            ReviserSpec.create = function(properties) {
                return new ReviserSpec(properties);
            };

            /**
             * Encodes the specified ReviserSpec message. Does not implicitly {@link anchorage.v1.ReviserSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.ReviserSpec
             * @static
             * @param {anchorage.v1.ReviserSpec.$Properties} message ReviserSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ReviserSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.model);
                if (message.instructions != null && $Object.hasOwnProperty.call(message, "instructions"))
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.instructions);
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.spendCeiling);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ReviserSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.ReviserSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.ReviserSpec & anchorage.v1.ReviserSpec.$Shape} ReviserSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ReviserSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.ReviserSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.model = value;
                            else
                                delete message.model;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.instructions = reader.stringVerify();
                            message._instructions = "instructions";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            message.spendCeiling = reader.double();
                            message._spendCeiling = "spendCeiling";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ReviserSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.ReviserSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.ReviserSpec} ReviserSpec
             */
            ReviserSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.ReviserSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.ReviserSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.ReviserSpec();
                if (object.model != null)
                    if (typeof object.model !== "string" || object.model.length)
                        message.model = $String(object.model);
                if (object.instructions != null)
                    message.instructions = $String(object.instructions);
                if (object.spendCeiling != null)
                    message.spendCeiling = $Number(object.spendCeiling);
                return message;
            };

            /**
             * Creates a plain object from a ReviserSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.ReviserSpec
             * @static
             * @param {anchorage.v1.ReviserSpec} message ReviserSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ReviserSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.model = "";
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                if (message.instructions != null && $Object.hasOwnProperty.call(message, "instructions"))
                    object.instructions = message.instructions;
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    object.spendCeiling = options.json && !$isFinite(message.spendCeiling) ? $String(message.spendCeiling) : message.spendCeiling;
                return object;
            };

            /**
             * Converts this ReviserSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.ReviserSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ReviserSpec.prototype.toJSON = function() {
                return ReviserSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ReviserSpec;
        })();

        v1.AnswererSpec = (function() {

            /**
             * Properties of an AnswererSpec.
             * @typedef {Object} anchorage.v1.AnswererSpec.$Properties
             * @property {number|null} [spendCeiling] AnswererSpec spendCeiling
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AnswererSpec.
             * @memberof anchorage.v1
             * @interface IAnswererSpec
             * @augments anchorage.v1.AnswererSpec.$Properties
             * @deprecated Use anchorage.v1.AnswererSpec.$Properties instead.
             */

            /**
             * Shape of an AnswererSpec.
             * @typedef {anchorage.v1.AnswererSpec.$Properties} anchorage.v1.AnswererSpec.$Shape
             */

            /**
             * Constructs a new AnswererSpec.
             * @memberof anchorage.v1
             * @classdesc Represents an AnswererSpec.
             * @constructor
             * @param {anchorage.v1.AnswererSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AnswererSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AnswererSpec spendCeiling.
             * @member {number|null|undefined} spendCeiling
             * @memberof anchorage.v1.AnswererSpec
             * @instance
             */
            AnswererSpec.prototype.spendCeiling = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AnswererSpec.prototype, "_spendCeiling", {
                get: $util.oneOfGetter($oneOfFields = ["spendCeiling"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new AnswererSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.AnswererSpec
             * @static
             * @param {anchorage.v1.AnswererSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.AnswererSpec} AnswererSpec instance
             * @type {{
             *   (properties: anchorage.v1.AnswererSpec.$Shape): anchorage.v1.AnswererSpec & anchorage.v1.AnswererSpec.$Shape;
             *   (properties?: anchorage.v1.AnswererSpec.$Properties): anchorage.v1.AnswererSpec;
             * }}
             */
            AnswererSpec.create = function(properties) {
                return new AnswererSpec(properties);
            };

            /**
             * Encodes the specified AnswererSpec message. Does not implicitly {@link anchorage.v1.AnswererSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.AnswererSpec
             * @static
             * @param {anchorage.v1.AnswererSpec.$Properties} message AnswererSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AnswererSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.spendCeiling);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AnswererSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.AnswererSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.AnswererSpec & anchorage.v1.AnswererSpec.$Shape} AnswererSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AnswererSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.AnswererSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            message.spendCeiling = reader.double();
                            message._spendCeiling = "spendCeiling";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AnswererSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.AnswererSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.AnswererSpec} AnswererSpec
             */
            AnswererSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.AnswererSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.AnswererSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.AnswererSpec();
                if (object.spendCeiling != null)
                    message.spendCeiling = $Number(object.spendCeiling);
                return message;
            };

            /**
             * Creates a plain object from an AnswererSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.AnswererSpec
             * @static
             * @param {anchorage.v1.AnswererSpec} message AnswererSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AnswererSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    object.spendCeiling = options.json && !$isFinite(message.spendCeiling) ? $String(message.spendCeiling) : message.spendCeiling;
                return object;
            };

            /**
             * Converts this AnswererSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.AnswererSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AnswererSpec.prototype.toJSON = function() {
                return AnswererSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AnswererSpec;
        })();

        v1.JudgeSpec = (function() {

            /**
             * Properties of a JudgeSpec.
             * @typedef {Object} anchorage.v1.JudgeSpec.$Properties
             * @property {number|null} [spendCeiling] JudgeSpec spendCeiling
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a JudgeSpec.
             * @memberof anchorage.v1
             * @interface IJudgeSpec
             * @augments anchorage.v1.JudgeSpec.$Properties
             * @deprecated Use anchorage.v1.JudgeSpec.$Properties instead.
             */

            /**
             * Shape of a JudgeSpec.
             * @typedef {anchorage.v1.JudgeSpec.$Properties} anchorage.v1.JudgeSpec.$Shape
             */

            /**
             * Constructs a new JudgeSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a JudgeSpec.
             * @constructor
             * @param {anchorage.v1.JudgeSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const JudgeSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * JudgeSpec spendCeiling.
             * @member {number|null|undefined} spendCeiling
             * @memberof anchorage.v1.JudgeSpec
             * @instance
             */
            JudgeSpec.prototype.spendCeiling = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(JudgeSpec.prototype, "_spendCeiling", {
                get: $util.oneOfGetter($oneOfFields = ["spendCeiling"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new JudgeSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.JudgeSpec
             * @static
             * @param {anchorage.v1.JudgeSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.JudgeSpec} JudgeSpec instance
             * @type {{
             *   (properties: anchorage.v1.JudgeSpec.$Shape): anchorage.v1.JudgeSpec & anchorage.v1.JudgeSpec.$Shape;
             *   (properties?: anchorage.v1.JudgeSpec.$Properties): anchorage.v1.JudgeSpec;
             * }}
             */
            JudgeSpec.create = function(properties) {
                return new JudgeSpec(properties);
            };

            /**
             * Encodes the specified JudgeSpec message. Does not implicitly {@link anchorage.v1.JudgeSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.JudgeSpec
             * @static
             * @param {anchorage.v1.JudgeSpec.$Properties} message JudgeSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            JudgeSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.spendCeiling);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a JudgeSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.JudgeSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.JudgeSpec & anchorage.v1.JudgeSpec.$Shape} JudgeSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            JudgeSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.JudgeSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            message.spendCeiling = reader.double();
                            message._spendCeiling = "spendCeiling";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a JudgeSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.JudgeSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.JudgeSpec} JudgeSpec
             */
            JudgeSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.JudgeSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.JudgeSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.JudgeSpec();
                if (object.spendCeiling != null)
                    message.spendCeiling = $Number(object.spendCeiling);
                return message;
            };

            /**
             * Creates a plain object from a JudgeSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.JudgeSpec
             * @static
             * @param {anchorage.v1.JudgeSpec} message JudgeSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            JudgeSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    object.spendCeiling = options.json && !$isFinite(message.spendCeiling) ? $String(message.spendCeiling) : message.spendCeiling;
                return object;
            };

            /**
             * Converts this JudgeSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.JudgeSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            JudgeSpec.prototype.toJSON = function() {
                return JudgeSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return JudgeSpec;
        })();

        v1.SamplerSpec = (function() {

            /**
             * Properties of a SamplerSpec.
             * @typedef {Object} anchorage.v1.SamplerSpec.$Properties
             * @property {number|null} [spendCeiling] SamplerSpec spendCeiling
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SamplerSpec.
             * @memberof anchorage.v1
             * @interface ISamplerSpec
             * @augments anchorage.v1.SamplerSpec.$Properties
             * @deprecated Use anchorage.v1.SamplerSpec.$Properties instead.
             */

            /**
             * Shape of a SamplerSpec.
             * @typedef {anchorage.v1.SamplerSpec.$Properties} anchorage.v1.SamplerSpec.$Shape
             */

            /**
             * Constructs a new SamplerSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a SamplerSpec.
             * @constructor
             * @param {anchorage.v1.SamplerSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SamplerSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SamplerSpec spendCeiling.
             * @member {number|null|undefined} spendCeiling
             * @memberof anchorage.v1.SamplerSpec
             * @instance
             */
            SamplerSpec.prototype.spendCeiling = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(SamplerSpec.prototype, "_spendCeiling", {
                get: $util.oneOfGetter($oneOfFields = ["spendCeiling"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new SamplerSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.SamplerSpec
             * @static
             * @param {anchorage.v1.SamplerSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.SamplerSpec} SamplerSpec instance
             * @type {{
             *   (properties: anchorage.v1.SamplerSpec.$Shape): anchorage.v1.SamplerSpec & anchorage.v1.SamplerSpec.$Shape;
             *   (properties?: anchorage.v1.SamplerSpec.$Properties): anchorage.v1.SamplerSpec;
             * }}
             */
            SamplerSpec.create = function(properties) {
                return new SamplerSpec(properties);
            };

            /**
             * Encodes the specified SamplerSpec message. Does not implicitly {@link anchorage.v1.SamplerSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.SamplerSpec
             * @static
             * @param {anchorage.v1.SamplerSpec.$Properties} message SamplerSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SamplerSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.spendCeiling);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SamplerSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.SamplerSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.SamplerSpec & anchorage.v1.SamplerSpec.$Shape} SamplerSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SamplerSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.SamplerSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            message.spendCeiling = reader.double();
                            message._spendCeiling = "spendCeiling";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SamplerSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.SamplerSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.SamplerSpec} SamplerSpec
             */
            SamplerSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.SamplerSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.SamplerSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.SamplerSpec();
                if (object.spendCeiling != null)
                    message.spendCeiling = $Number(object.spendCeiling);
                return message;
            };

            /**
             * Creates a plain object from a SamplerSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.SamplerSpec
             * @static
             * @param {anchorage.v1.SamplerSpec} message SamplerSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SamplerSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (message.spendCeiling != null && $Object.hasOwnProperty.call(message, "spendCeiling"))
                    object.spendCeiling = options.json && !$isFinite(message.spendCeiling) ? $String(message.spendCeiling) : message.spendCeiling;
                return object;
            };

            /**
             * Converts this SamplerSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.SamplerSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SamplerSpec.prototype.toJSON = function() {
                return SamplerSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SamplerSpec;
        })();

        v1.SpendSpec = (function() {

            /**
             * Properties of a SpendSpec.
             * @typedef {Object} anchorage.v1.SpendSpec.$Properties
             * @property {number|null} [ceiling] SpendSpec ceiling
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SpendSpec.
             * @memberof anchorage.v1
             * @interface ISpendSpec
             * @augments anchorage.v1.SpendSpec.$Properties
             * @deprecated Use anchorage.v1.SpendSpec.$Properties instead.
             */

            /**
             * Shape of a SpendSpec.
             * @typedef {anchorage.v1.SpendSpec.$Properties} anchorage.v1.SpendSpec.$Shape
             */

            /**
             * Constructs a new SpendSpec.
             * @memberof anchorage.v1
             * @classdesc Represents a SpendSpec.
             * @constructor
             * @param {anchorage.v1.SpendSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SpendSpec = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SpendSpec ceiling.
             * @member {number} ceiling
             * @memberof anchorage.v1.SpendSpec
             * @instance
             */
            SpendSpec.prototype.ceiling = 0;

            /**
             * Creates a new SpendSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.SpendSpec
             * @static
             * @param {anchorage.v1.SpendSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.SpendSpec} SpendSpec instance
             * @type {{
             *   (properties: anchorage.v1.SpendSpec.$Shape): anchorage.v1.SpendSpec & anchorage.v1.SpendSpec.$Shape;
             *   (properties?: anchorage.v1.SpendSpec.$Properties): anchorage.v1.SpendSpec;
             * }}
             */
            SpendSpec.create = function(properties) {
                return new SpendSpec(properties);
            };

            /**
             * Encodes the specified SpendSpec message. Does not implicitly {@link anchorage.v1.SpendSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.SpendSpec
             * @static
             * @param {anchorage.v1.SpendSpec.$Properties} message SpendSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SpendSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ceiling != null && $Object.hasOwnProperty.call(message, "ceiling") && !$Object.is(message.ceiling, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.ceiling);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SpendSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.SpendSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.SpendSpec & anchorage.v1.SpendSpec.$Shape} SpendSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SpendSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.SpendSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.ceiling = value;
                            else
                                delete message.ceiling;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SpendSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.SpendSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.SpendSpec} SpendSpec
             */
            SpendSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.SpendSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.SpendSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.SpendSpec();
                if (object.ceiling != null)
                    if (!$Object.is($Number(object.ceiling), 0))
                        message.ceiling = $Number(object.ceiling);
                return message;
            };

            /**
             * Creates a plain object from a SpendSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.SpendSpec
             * @static
             * @param {anchorage.v1.SpendSpec} message SpendSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SpendSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.ceiling = 0;
                if (message.ceiling != null && $Object.hasOwnProperty.call(message, "ceiling"))
                    object.ceiling = options.json && !$isFinite(message.ceiling) ? $String(message.ceiling) : message.ceiling;
                return object;
            };

            /**
             * Converts this SpendSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.SpendSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SpendSpec.prototype.toJSON = function() {
                return SpendSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SpendSpec;
        })();

        /**
         * RunCommand enum.
         * @name anchorage.v1.RunCommand
         * @enum {number}
         * @property {number} RUN_COMMAND_UNSPECIFIED=0 RUN_COMMAND_UNSPECIFIED value
         * @property {number} RUN_COMMAND_PAUSE=1 RUN_COMMAND_PAUSE value
         * @property {number} RUN_COMMAND_RESUME=2 RUN_COMMAND_RESUME value
         * @property {number} RUN_COMMAND_CHECKPOINT=3 RUN_COMMAND_CHECKPOINT value
         * @property {number} RUN_COMMAND_STOP=4 RUN_COMMAND_STOP value
         */
        v1.RunCommand = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "RUN_COMMAND_UNSPECIFIED"] = 0;
            values[valuesById[1] = "RUN_COMMAND_PAUSE"] = 1;
            values[valuesById[2] = "RUN_COMMAND_RESUME"] = 2;
            values[valuesById[3] = "RUN_COMMAND_CHECKPOINT"] = 3;
            values[valuesById[4] = "RUN_COMMAND_STOP"] = 4;
            return values;
        })();

        v1.Control = (function() {

            /**
             * Properties of a Control.
             * @typedef {Object} anchorage.v1.Control.$Properties
             * @property {number|null} [revision] Control revision
             * @property {number|null} [previousRevision] Control previousRevision
             * @property {string|null} [author] Control author
             * @property {number|null} [timeUnixMs] Control timeUnixMs
             * @property {number|null} [step] Control step
             * @property {anchorage.v1.RunSpec.$Properties|null} [spec] Control spec
             * @property {anchorage.v1.RunCommand|null} [command] Control command
             * @property {string|null} [evidence] Control evidence
             * @property {boolean|null} [namesObjective] Control namesObjective
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Control.
             * @memberof anchorage.v1
             * @interface IControl
             * @augments anchorage.v1.Control.$Properties
             * @deprecated Use anchorage.v1.Control.$Properties instead.
             */

            /**
             * Shape of a Control.
             * @typedef {anchorage.v1.Control.$Properties} anchorage.v1.Control.$Shape
             */

            /**
             * Constructs a new Control.
             * @memberof anchorage.v1
             * @classdesc Represents a Control.
             * @constructor
             * @param {anchorage.v1.Control.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Control = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Control revision.
             * @member {number} revision
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.revision = 0;

            /**
             * Control previousRevision.
             * @member {number} previousRevision
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.previousRevision = 0;

            /**
             * Control author.
             * @member {string} author
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.author = "";

            /**
             * Control timeUnixMs.
             * @member {number} timeUnixMs
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.timeUnixMs = 0;

            /**
             * Control step.
             * @member {number|null|undefined} step
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.step = null;

            /**
             * Control spec.
             * @member {anchorage.v1.RunSpec.$Properties|null|undefined} spec
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.spec = null;

            /**
             * Control command.
             * @member {anchorage.v1.RunCommand} command
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.command = 0;

            /**
             * Control evidence.
             * @member {string|null|undefined} evidence
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.evidence = null;

            /**
             * Control namesObjective.
             * @member {boolean|null|undefined} namesObjective
             * @memberof anchorage.v1.Control
             * @instance
             */
            Control.prototype.namesObjective = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Control.prototype, "_step", {
                get: $util.oneOfGetter($oneOfFields = ["step"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Control.prototype, "_evidence", {
                get: $util.oneOfGetter($oneOfFields = ["evidence"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Control.prototype, "_namesObjective", {
                get: $util.oneOfGetter($oneOfFields = ["namesObjective"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Control instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Control
             * @static
             * @param {anchorage.v1.Control.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Control} Control instance
             * @type {{
             *   (properties: anchorage.v1.Control.$Shape): anchorage.v1.Control & anchorage.v1.Control.$Shape;
             *   (properties?: anchorage.v1.Control.$Properties): anchorage.v1.Control;
             * }}
             */
            Control.create = function(properties) {
                return new Control(properties);
            };

            /**
             * Encodes the specified Control message. Does not implicitly {@link anchorage.v1.Control.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Control
             * @static
             * @param {anchorage.v1.Control.$Properties} message Control message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Control.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.revision);
                if (message.previousRevision != null && $Object.hasOwnProperty.call(message, "previousRevision") && message.previousRevision !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.previousRevision);
                if (message.author != null && $Object.hasOwnProperty.call(message, "author") && message.author !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.author);
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs") && !$Object.is(message.timeUnixMs, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.timeUnixMs);
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.step);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.anchorage.v1.RunSpec.encode(message.spec, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.command != null && $Object.hasOwnProperty.call(message, "command") && message.command !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).int32(message.command);
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence"))
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.evidence);
                if (message.namesObjective != null && $Object.hasOwnProperty.call(message, "namesObjective"))
                    writer.uint32(/* id 9, wireType 0 =*/72).bool(message.namesObjective);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Control message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Control
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Control & anchorage.v1.Control.$Shape} Control
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Control.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Control();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.previousRevision = value;
                            else
                                delete message.previousRevision;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.author = value;
                            else
                                delete message.author;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnixMs = value;
                            else
                                delete message.timeUnixMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.step = reader.uint32();
                            message._step = "step";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.anchorage.v1.RunSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.command = value;
                            else
                                delete message.command;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.evidence = reader.stringVerify();
                            message._evidence = "evidence";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.namesObjective = reader.bool();
                            message._namesObjective = "namesObjective";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Control message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Control
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Control} Control
             */
            Control.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Control)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Control: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Control();
                if (object.revision != null)
                    if ($Number(object.revision) !== 0)
                        message.revision = object.revision >>> 0;
                if (object.previousRevision != null)
                    if ($Number(object.previousRevision) !== 0)
                        message.previousRevision = object.previousRevision >>> 0;
                if (object.author != null)
                    if (typeof object.author !== "string" || object.author.length)
                        message.author = $String(object.author);
                if (object.timeUnixMs != null)
                    if (!$Object.is($Number(object.timeUnixMs), 0))
                        message.timeUnixMs = $Number(object.timeUnixMs);
                if (object.step != null)
                    message.step = object.step >>> 0;
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".anchorage.v1.Control.spec: object expected");
                    message.spec = $root.anchorage.v1.RunSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.command !== 0 && (typeof object.command !== "string" || $root.anchorage.v1.RunCommand[object.command] !== 0))
                    switch (object.command) {
                    case "RUN_COMMAND_UNSPECIFIED":
                    case 0:
                        message.command = 0;
                        break;
                    case "RUN_COMMAND_PAUSE":
                    case 1:
                        message.command = 1;
                        break;
                    case "RUN_COMMAND_RESUME":
                    case 2:
                        message.command = 2;
                        break;
                    case "RUN_COMMAND_CHECKPOINT":
                    case 3:
                        message.command = 3;
                        break;
                    case "RUN_COMMAND_STOP":
                    case 4:
                        message.command = 4;
                        break;
                    default:
                        if (typeof object.command === "number" && (object.command | 0) === object.command)
                            message.command = object.command;
                    }
                if (object.evidence != null)
                    message.evidence = $String(object.evidence);
                if (object.namesObjective != null)
                    message.namesObjective = $Boolean(object.namesObjective);
                return message;
            };

            /**
             * Creates a plain object from a Control message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Control
             * @static
             * @param {anchorage.v1.Control} message Control
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Control.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.revision = 0;
                    object.previousRevision = 0;
                    object.author = "";
                    object.timeUnixMs = 0;
                    object.spec = null;
                    object.command = options.enums === $String ? "RUN_COMMAND_UNSPECIFIED" : 0;
                }
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                    object.revision = message.revision;
                if (message.previousRevision != null && $Object.hasOwnProperty.call(message, "previousRevision"))
                    object.previousRevision = message.previousRevision;
                if (message.author != null && $Object.hasOwnProperty.call(message, "author"))
                    object.author = message.author;
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs"))
                    object.timeUnixMs = options.json && !$isFinite(message.timeUnixMs) ? $String(message.timeUnixMs) : message.timeUnixMs;
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.anchorage.v1.RunSpec.toObject(message.spec, options, _depth + 1);
                if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                    object.command = options.enums === $String ? $root.anchorage.v1.RunCommand[message.command] === $undefined ? message.command : $root.anchorage.v1.RunCommand[message.command] : message.command;
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence"))
                    object.evidence = message.evidence;
                if (message.namesObjective != null && $Object.hasOwnProperty.call(message, "namesObjective"))
                    object.namesObjective = message.namesObjective;
                return object;
            };

            /**
             * Converts this Control to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Control
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Control.prototype.toJSON = function() {
                return Control.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Control;
        })();

        /**
         * Answer enum.
         * @name anchorage.v1.Answer
         * @enum {number}
         * @property {number} ANSWER_UNSPECIFIED=0 ANSWER_UNSPECIFIED value
         * @property {number} ANSWER_ACCEPTED=1 ANSWER_ACCEPTED value
         * @property {number} ANSWER_REFUSED=2 ANSWER_REFUSED value
         * @property {number} ANSWER_APPLIED=3 ANSWER_APPLIED value
         * @property {number} ANSWER_FAILED=4 ANSWER_FAILED value
         */
        v1.Answer = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "ANSWER_UNSPECIFIED"] = 0;
            values[valuesById[1] = "ANSWER_ACCEPTED"] = 1;
            values[valuesById[2] = "ANSWER_REFUSED"] = 2;
            values[valuesById[3] = "ANSWER_APPLIED"] = 3;
            values[valuesById[4] = "ANSWER_FAILED"] = 4;
            return values;
        })();

        v1.Acknowledgement = (function() {

            /**
             * Properties of an Acknowledgement.
             * @typedef {Object} anchorage.v1.Acknowledgement.$Properties
             * @property {number|null} [revision] Acknowledgement revision
             * @property {string|null} [actor] Acknowledgement actor
             * @property {number|null} [index] Acknowledgement index
             * @property {anchorage.v1.Answer|null} [answer] Acknowledgement answer
             * @property {number|null} [step] Acknowledgement step
             * @property {string|null} [reason] Acknowledgement reason
             * @property {number|null} [timeUnixMs] Acknowledgement timeUnixMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Acknowledgement.
             * @memberof anchorage.v1
             * @interface IAcknowledgement
             * @augments anchorage.v1.Acknowledgement.$Properties
             * @deprecated Use anchorage.v1.Acknowledgement.$Properties instead.
             */

            /**
             * Shape of an Acknowledgement.
             * @typedef {anchorage.v1.Acknowledgement.$Properties} anchorage.v1.Acknowledgement.$Shape
             */

            /**
             * Constructs a new Acknowledgement.
             * @memberof anchorage.v1
             * @classdesc Represents an Acknowledgement.
             * @constructor
             * @param {anchorage.v1.Acknowledgement.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Acknowledgement = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Acknowledgement revision.
             * @member {number} revision
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.revision = 0;

            /**
             * Acknowledgement actor.
             * @member {string} actor
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.actor = "";

            /**
             * Acknowledgement index.
             * @member {number} index
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.index = 0;

            /**
             * Acknowledgement answer.
             * @member {anchorage.v1.Answer} answer
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.answer = 0;

            /**
             * Acknowledgement step.
             * @member {number} step
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.step = 0;

            /**
             * Acknowledgement reason.
             * @member {string} reason
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.reason = "";

            /**
             * Acknowledgement timeUnixMs.
             * @member {number} timeUnixMs
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             */
            Acknowledgement.prototype.timeUnixMs = 0;

            /**
             * Creates a new Acknowledgement instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Acknowledgement
             * @static
             * @param {anchorage.v1.Acknowledgement.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Acknowledgement} Acknowledgement instance
             * @type {{
             *   (properties: anchorage.v1.Acknowledgement.$Shape): anchorage.v1.Acknowledgement & anchorage.v1.Acknowledgement.$Shape;
             *   (properties?: anchorage.v1.Acknowledgement.$Properties): anchorage.v1.Acknowledgement;
             * }}
             */
            Acknowledgement.create = function(properties) {
                return new Acknowledgement(properties);
            };

            /**
             * Encodes the specified Acknowledgement message. Does not implicitly {@link anchorage.v1.Acknowledgement.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Acknowledgement
             * @static
             * @param {anchorage.v1.Acknowledgement.$Properties} message Acknowledgement message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Acknowledgement.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.revision);
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor") && message.actor !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.actor);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.index);
                if (message.answer != null && $Object.hasOwnProperty.call(message, "answer") && message.answer !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).int32(message.answer);
                if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.step);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.reason);
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs") && !$Object.is(message.timeUnixMs, 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).double(message.timeUnixMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Acknowledgement message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Acknowledgement
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Acknowledgement & anchorage.v1.Acknowledgement.$Shape} Acknowledgement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Acknowledgement.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Acknowledgement();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.actor = value;
                            else
                                delete message.actor;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.answer = value;
                            else
                                delete message.answer;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.step = value;
                            else
                                delete message.step;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnixMs = value;
                            else
                                delete message.timeUnixMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an Acknowledgement message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Acknowledgement
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Acknowledgement} Acknowledgement
             */
            Acknowledgement.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Acknowledgement)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Acknowledgement: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Acknowledgement();
                if (object.revision != null)
                    if ($Number(object.revision) !== 0)
                        message.revision = object.revision >>> 0;
                if (object.actor != null)
                    if (typeof object.actor !== "string" || object.actor.length)
                        message.actor = $String(object.actor);
                if (object.index != null)
                    if ($Number(object.index) !== 0)
                        message.index = object.index >>> 0;
                if (object.answer !== 0 && (typeof object.answer !== "string" || $root.anchorage.v1.Answer[object.answer] !== 0))
                    switch (object.answer) {
                    case "ANSWER_UNSPECIFIED":
                    case 0:
                        message.answer = 0;
                        break;
                    case "ANSWER_ACCEPTED":
                    case 1:
                        message.answer = 1;
                        break;
                    case "ANSWER_REFUSED":
                    case 2:
                        message.answer = 2;
                        break;
                    case "ANSWER_APPLIED":
                    case 3:
                        message.answer = 3;
                        break;
                    case "ANSWER_FAILED":
                    case 4:
                        message.answer = 4;
                        break;
                    default:
                        if (typeof object.answer === "number" && (object.answer | 0) === object.answer)
                            message.answer = object.answer;
                    }
                if (object.step != null)
                    if ($Number(object.step) !== 0)
                        message.step = object.step >>> 0;
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                if (object.timeUnixMs != null)
                    if (!$Object.is($Number(object.timeUnixMs), 0))
                        message.timeUnixMs = $Number(object.timeUnixMs);
                return message;
            };

            /**
             * Creates a plain object from an Acknowledgement message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Acknowledgement
             * @static
             * @param {anchorage.v1.Acknowledgement} message Acknowledgement
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Acknowledgement.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.revision = 0;
                    object.actor = "";
                    object.index = 0;
                    object.answer = options.enums === $String ? "ANSWER_UNSPECIFIED" : 0;
                    object.step = 0;
                    object.reason = "";
                    object.timeUnixMs = 0;
                }
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                    object.revision = message.revision;
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor"))
                    object.actor = message.actor;
                if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                    object.index = message.index;
                if (message.answer != null && $Object.hasOwnProperty.call(message, "answer"))
                    object.answer = options.enums === $String ? $root.anchorage.v1.Answer[message.answer] === $undefined ? message.answer : $root.anchorage.v1.Answer[message.answer] : message.answer;
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs"))
                    object.timeUnixMs = options.json && !$isFinite(message.timeUnixMs) ? $String(message.timeUnixMs) : message.timeUnixMs;
                return object;
            };

            /**
             * Converts this Acknowledgement to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Acknowledgement
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Acknowledgement.prototype.toJSON = function() {
                return Acknowledgement.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Acknowledgement;
        })();

        v1.ObjectiveSpec = (function() {

            /**
             * Properties of an ObjectiveSpec.
             * @typedef {Object} anchorage.v1.ObjectiveSpec.$Properties
             * @property {string|null} [name] ObjectiveSpec name
             * @property {number|null} [beta] ObjectiveSpec beta
             * @property {number|null} [learningRate] ObjectiveSpec learningRate
             * @property {Object.<string,number>|null} [settings] ObjectiveSpec settings
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an ObjectiveSpec.
             * @memberof anchorage.v1
             * @interface IObjectiveSpec
             * @augments anchorage.v1.ObjectiveSpec.$Properties
             * @deprecated Use anchorage.v1.ObjectiveSpec.$Properties instead.
             */

            /**
             * Shape of an ObjectiveSpec.
             * @typedef {anchorage.v1.ObjectiveSpec.$Properties} anchorage.v1.ObjectiveSpec.$Shape
             */

            /**
             * Constructs a new ObjectiveSpec.
             * @memberof anchorage.v1
             * @classdesc Represents an ObjectiveSpec.
             * @constructor
             * @param {anchorage.v1.ObjectiveSpec.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ObjectiveSpec = function (properties) {
                this.settings = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ObjectiveSpec name.
             * @member {string} name
             * @memberof anchorage.v1.ObjectiveSpec
             * @instance
             */
            ObjectiveSpec.prototype.name = "";

            /**
             * ObjectiveSpec beta.
             * @member {number} beta
             * @memberof anchorage.v1.ObjectiveSpec
             * @instance
             */
            ObjectiveSpec.prototype.beta = 0;

            /**
             * ObjectiveSpec learningRate.
             * @member {number} learningRate
             * @memberof anchorage.v1.ObjectiveSpec
             * @instance
             */
            ObjectiveSpec.prototype.learningRate = 0;

            /**
             * ObjectiveSpec settings.
             * @member {Object.<string,number>} settings
             * @memberof anchorage.v1.ObjectiveSpec
             * @instance
             */
            ObjectiveSpec.prototype.settings = $util.emptyObject;

            /**
             * Creates a new ObjectiveSpec instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.ObjectiveSpec
             * @static
             * @param {anchorage.v1.ObjectiveSpec.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.ObjectiveSpec} ObjectiveSpec instance
             * @type {{
             *   (properties: anchorage.v1.ObjectiveSpec.$Shape): anchorage.v1.ObjectiveSpec & anchorage.v1.ObjectiveSpec.$Shape;
             *   (properties?: anchorage.v1.ObjectiveSpec.$Properties): anchorage.v1.ObjectiveSpec;
             * }}
             */
            ObjectiveSpec.create = function(properties) {
                return new ObjectiveSpec(properties);
            };

            /**
             * Encodes the specified ObjectiveSpec message. Does not implicitly {@link anchorage.v1.ObjectiveSpec.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.ObjectiveSpec
             * @static
             * @param {anchorage.v1.ObjectiveSpec.$Properties} message ObjectiveSpec message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ObjectiveSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
                if (message.beta != null && $Object.hasOwnProperty.call(message, "beta") && !$Object.is(message.beta, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.beta);
                if (message.learningRate != null && $Object.hasOwnProperty.call(message, "learningRate") && !$Object.is(message.learningRate, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.learningRate);
                if (message.settings != null && $Object.hasOwnProperty.call(message, "settings"))
                    for (let keys = $Object.keys(message.settings), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 5, wireType 2 =*/42).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 1 =*/17).double(message.settings[keys[i]]).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an ObjectiveSpec message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.ObjectiveSpec
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.ObjectiveSpec & anchorage.v1.ObjectiveSpec.$Shape} ObjectiveSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ObjectiveSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.ObjectiveSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.beta = value;
                            else
                                delete message.beta;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.learningRate = value;
                            else
                                delete message.learningRate;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (message.settings === $util.emptyObject)
                                message.settings = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.settings, key);
                            message.settings[key] = value;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an ObjectiveSpec message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.ObjectiveSpec
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.ObjectiveSpec} ObjectiveSpec
             */
            ObjectiveSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.ObjectiveSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.ObjectiveSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.ObjectiveSpec();
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.beta != null)
                    if (!$Object.is($Number(object.beta), 0))
                        message.beta = $Number(object.beta);
                if (object.learningRate != null)
                    if (!$Object.is($Number(object.learningRate), 0))
                        message.learningRate = $Number(object.learningRate);
                if (object.settings) {
                    if (!$util.isObject(object.settings))
                        throw $TypeError(".anchorage.v1.ObjectiveSpec.settings: object expected");
                    message.settings = {};
                    for (let keys = $Object.keys(object.settings), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.settings, keys[i]);
                        message.settings[keys[i]] = $Number(object.settings[keys[i]]);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from an ObjectiveSpec message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.ObjectiveSpec
             * @static
             * @param {anchorage.v1.ObjectiveSpec} message ObjectiveSpec
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ObjectiveSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.settings = {};
                if (options.defaults) {
                    object.name = "";
                    object.beta = 0;
                    object.learningRate = 0;
                }
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                if (message.beta != null && $Object.hasOwnProperty.call(message, "beta"))
                    object.beta = options.json && !$isFinite(message.beta) ? $String(message.beta) : message.beta;
                if (message.learningRate != null && $Object.hasOwnProperty.call(message, "learningRate"))
                    object.learningRate = options.json && !$isFinite(message.learningRate) ? $String(message.learningRate) : message.learningRate;
                let keys2;
                if (message.settings && (keys2 = $Object.keys(message.settings)).length) {
                    object.settings = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.settings, keys2[j]);
                        object.settings[keys2[j]] = options.json && !$isFinite(message.settings[keys2[j]]) ? $String(message.settings[keys2[j]]) : message.settings[keys2[j]];
                    }
                }
                return object;
            };

            /**
             * Converts this ObjectiveSpec to JSON.
             * @function toJSON
             * @memberof anchorage.v1.ObjectiveSpec
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ObjectiveSpec.prototype.toJSON = function() {
                return ObjectiveSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ObjectiveSpec;
        })();

        v1.ContentFile = (function() {

            /**
             * Properties of a ContentFile.
             * @typedef {Object} anchorage.v1.ContentFile.$Properties
             * @property {string|null} [path] ContentFile path
             * @property {string|null} [sha256] ContentFile sha256
             * @property {number|null} [sizeBytes] ContentFile sizeBytes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ContentFile.
             * @memberof anchorage.v1
             * @interface IContentFile
             * @augments anchorage.v1.ContentFile.$Properties
             * @deprecated Use anchorage.v1.ContentFile.$Properties instead.
             */

            /**
             * Shape of a ContentFile.
             * @typedef {anchorage.v1.ContentFile.$Properties} anchorage.v1.ContentFile.$Shape
             */

            /**
             * Constructs a new ContentFile.
             * @memberof anchorage.v1
             * @classdesc Represents a ContentFile.
             * @constructor
             * @param {anchorage.v1.ContentFile.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ContentFile = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ContentFile path.
             * @member {string} path
             * @memberof anchorage.v1.ContentFile
             * @instance
             */
            ContentFile.prototype.path = "";

            /**
             * ContentFile sha256.
             * @member {string} sha256
             * @memberof anchorage.v1.ContentFile
             * @instance
             */
            ContentFile.prototype.sha256 = "";

            /**
             * ContentFile sizeBytes.
             * @member {number} sizeBytes
             * @memberof anchorage.v1.ContentFile
             * @instance
             */
            ContentFile.prototype.sizeBytes = 0;

            /**
             * Creates a new ContentFile instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.ContentFile
             * @static
             * @param {anchorage.v1.ContentFile.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.ContentFile} ContentFile instance
             * @type {{
             *   (properties: anchorage.v1.ContentFile.$Shape): anchorage.v1.ContentFile & anchorage.v1.ContentFile.$Shape;
             *   (properties?: anchorage.v1.ContentFile.$Properties): anchorage.v1.ContentFile;
             * }}
             */
            ContentFile.create = function(properties) {
                return new ContentFile(properties);
            };

            /**
             * Encodes the specified ContentFile message. Does not implicitly {@link anchorage.v1.ContentFile.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.ContentFile
             * @static
             * @param {anchorage.v1.ContentFile.$Properties} message ContentFile message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ContentFile.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.path);
                if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.sha256);
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && !$Object.is(message.sizeBytes, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.sizeBytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ContentFile message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.ContentFile
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.ContentFile & anchorage.v1.ContentFile.$Shape} ContentFile
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ContentFile.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.ContentFile();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.path = value;
                            else
                                delete message.path;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sha256 = value;
                            else
                                delete message.sha256;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.sizeBytes = value;
                            else
                                delete message.sizeBytes;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ContentFile message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.ContentFile
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.ContentFile} ContentFile
             */
            ContentFile.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.ContentFile)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.ContentFile: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.ContentFile();
                if (object.path != null)
                    if (typeof object.path !== "string" || object.path.length)
                        message.path = $String(object.path);
                if (object.sha256 != null)
                    if (typeof object.sha256 !== "string" || object.sha256.length)
                        message.sha256 = $String(object.sha256);
                if (object.sizeBytes != null)
                    if (!$Object.is($Number(object.sizeBytes), 0))
                        message.sizeBytes = $Number(object.sizeBytes);
                return message;
            };

            /**
             * Creates a plain object from a ContentFile message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.ContentFile
             * @static
             * @param {anchorage.v1.ContentFile} message ContentFile
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ContentFile.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.path = "";
                    object.sha256 = "";
                    object.sizeBytes = 0;
                }
                if (message.path != null && $Object.hasOwnProperty.call(message, "path"))
                    object.path = message.path;
                if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                    object.sha256 = message.sha256;
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes"))
                    object.sizeBytes = options.json && !$isFinite(message.sizeBytes) ? $String(message.sizeBytes) : message.sizeBytes;
                return object;
            };

            /**
             * Converts this ContentFile to JSON.
             * @function toJSON
             * @memberof anchorage.v1.ContentFile
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ContentFile.prototype.toJSON = function() {
                return ContentFile.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ContentFile;
        })();

        v1.Checkpoint = (function() {

            /**
             * Properties of a Checkpoint.
             * @typedef {Object} anchorage.v1.Checkpoint.$Properties
             * @property {number|null} [step] Checkpoint step
             * @property {number|null} [policyVersion] Checkpoint policyVersion
             * @property {string|null} [folder] Checkpoint folder
             * @property {string|null} [weightsSha256] Checkpoint weightsSha256
             * @property {number|null} [pairSequence] Checkpoint pairSequence
             * @property {string|null} [objective] Checkpoint objective
             * @property {number|null} [objectiveRevision] Checkpoint objectiveRevision
             * @property {boolean|null} [final] Checkpoint final
             * @property {Array.<anchorage.v1.ContentFile.$Properties>|null} [files] Checkpoint files
             * @property {Array.<anchorage.v1.ContentFile.$Properties>|null} [trainingFiles] Checkpoint trainingFiles
             * @property {number|null} [beta] Checkpoint beta
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Checkpoint.
             * @memberof anchorage.v1
             * @interface ICheckpoint
             * @augments anchorage.v1.Checkpoint.$Properties
             * @deprecated Use anchorage.v1.Checkpoint.$Properties instead.
             */

            /**
             * Shape of a Checkpoint.
             * @typedef {anchorage.v1.Checkpoint.$Properties} anchorage.v1.Checkpoint.$Shape
             */

            /**
             * Constructs a new Checkpoint.
             * @memberof anchorage.v1
             * @classdesc Represents a Checkpoint.
             * @constructor
             * @param {anchorage.v1.Checkpoint.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Checkpoint = function (properties) {
                this.files = [];
                this.trainingFiles = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Checkpoint step.
             * @member {number} step
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.step = 0;

            /**
             * Checkpoint policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.policyVersion = 0;

            /**
             * Checkpoint folder.
             * @member {string} folder
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.folder = "";

            /**
             * Checkpoint weightsSha256.
             * @member {string} weightsSha256
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.weightsSha256 = "";

            /**
             * Checkpoint pairSequence.
             * @member {number} pairSequence
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.pairSequence = 0;

            /**
             * Checkpoint objective.
             * @member {string} objective
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.objective = "";

            /**
             * Checkpoint objectiveRevision.
             * @member {number} objectiveRevision
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.objectiveRevision = 0;

            /**
             * Checkpoint final.
             * @member {boolean} final
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.final = false;

            /**
             * Checkpoint files.
             * @member {Array.<anchorage.v1.ContentFile.$Properties>} files
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.files = $util.emptyArray;

            /**
             * Checkpoint trainingFiles.
             * @member {Array.<anchorage.v1.ContentFile.$Properties>} trainingFiles
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.trainingFiles = $util.emptyArray;

            /**
             * Checkpoint beta.
             * @member {number|null|undefined} beta
             * @memberof anchorage.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.beta = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Checkpoint.prototype, "_beta", {
                get: $util.oneOfGetter($oneOfFields = ["beta"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Checkpoint instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Checkpoint
             * @static
             * @param {anchorage.v1.Checkpoint.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Checkpoint} Checkpoint instance
             * @type {{
             *   (properties: anchorage.v1.Checkpoint.$Shape): anchorage.v1.Checkpoint & anchorage.v1.Checkpoint.$Shape;
             *   (properties?: anchorage.v1.Checkpoint.$Properties): anchorage.v1.Checkpoint;
             * }}
             */
            Checkpoint.create = function(properties) {
                return new Checkpoint(properties);
            };

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link anchorage.v1.Checkpoint.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Checkpoint
             * @static
             * @param {anchorage.v1.Checkpoint.$Properties} message Checkpoint message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Checkpoint.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.step);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.policyVersion);
                if (message.folder != null && $Object.hasOwnProperty.call(message, "folder") && message.folder !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.folder);
                if (message.weightsSha256 != null && $Object.hasOwnProperty.call(message, "weightsSha256") && message.weightsSha256 !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.weightsSha256);
                if (message.pairSequence != null && $Object.hasOwnProperty.call(message, "pairSequence") && message.pairSequence !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.pairSequence);
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective") && message.objective !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.objective);
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision") && message.objectiveRevision !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.objectiveRevision);
                if (message.final != null && $Object.hasOwnProperty.call(message, "final") && message.final !== false)
                    writer.uint32(/* id 8, wireType 0 =*/64).bool(message.final);
                if (message.files != null && message.files.length)
                    for (let i = 0; i < message.files.length; ++i)
                        $root.anchorage.v1.ContentFile.encode(message.files[i], writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.trainingFiles != null && message.trainingFiles.length)
                    for (let i = 0; i < message.trainingFiles.length; ++i)
                        $root.anchorage.v1.ContentFile.encode(message.trainingFiles[i], writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.beta != null && $Object.hasOwnProperty.call(message, "beta"))
                    writer.uint32(/* id 11, wireType 1 =*/89).double(message.beta);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Checkpoint
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Checkpoint & anchorage.v1.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Checkpoint.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Checkpoint();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.step = value;
                            else
                                delete message.step;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.folder = value;
                            else
                                delete message.folder;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.weightsSha256 = value;
                            else
                                delete message.weightsSha256;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.pairSequence = value;
                            else
                                delete message.pairSequence;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.objective = value;
                            else
                                delete message.objective;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.objectiveRevision = value;
                            else
                                delete message.objectiveRevision;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.final = value;
                            else
                                delete message.final;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.files && message.files.length))
                                message.files = [];
                            message.files.push($root.anchorage.v1.ContentFile.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.trainingFiles && message.trainingFiles.length))
                                message.trainingFiles = [];
                            message.trainingFiles.push($root.anchorage.v1.ContentFile.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            message.beta = reader.double();
                            message._beta = "beta";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Checkpoint message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Checkpoint
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Checkpoint} Checkpoint
             */
            Checkpoint.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Checkpoint)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Checkpoint: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Checkpoint();
                if (object.step != null)
                    if ($Number(object.step) !== 0)
                        message.step = object.step >>> 0;
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.folder != null)
                    if (typeof object.folder !== "string" || object.folder.length)
                        message.folder = $String(object.folder);
                if (object.weightsSha256 != null)
                    if (typeof object.weightsSha256 !== "string" || object.weightsSha256.length)
                        message.weightsSha256 = $String(object.weightsSha256);
                if (object.pairSequence != null)
                    if ($Number(object.pairSequence) !== 0)
                        message.pairSequence = object.pairSequence >>> 0;
                if (object.objective != null)
                    if (typeof object.objective !== "string" || object.objective.length)
                        message.objective = $String(object.objective);
                if (object.objectiveRevision != null)
                    if ($Number(object.objectiveRevision) !== 0)
                        message.objectiveRevision = object.objectiveRevision >>> 0;
                if (object.final != null)
                    if (object.final)
                        message.final = $Boolean(object.final);
                if (object.files) {
                    if (!$Array.isArray(object.files))
                        throw $TypeError(".anchorage.v1.Checkpoint.files: array expected");
                    message.files = $Array(object.files.length);
                    for (let i = 0; i < object.files.length; ++i) {
                        if (!$util.isObject(object.files[i]))
                            throw $TypeError(".anchorage.v1.Checkpoint.files: object expected");
                        message.files[i] = $root.anchorage.v1.ContentFile.fromObject(object.files[i], _depth + 1);
                    }
                }
                if (object.trainingFiles) {
                    if (!$Array.isArray(object.trainingFiles))
                        throw $TypeError(".anchorage.v1.Checkpoint.trainingFiles: array expected");
                    message.trainingFiles = $Array(object.trainingFiles.length);
                    for (let i = 0; i < object.trainingFiles.length; ++i) {
                        if (!$util.isObject(object.trainingFiles[i]))
                            throw $TypeError(".anchorage.v1.Checkpoint.trainingFiles: object expected");
                        message.trainingFiles[i] = $root.anchorage.v1.ContentFile.fromObject(object.trainingFiles[i], _depth + 1);
                    }
                }
                if (object.beta != null)
                    message.beta = $Number(object.beta);
                return message;
            };

            /**
             * Creates a plain object from a Checkpoint message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Checkpoint
             * @static
             * @param {anchorage.v1.Checkpoint} message Checkpoint
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Checkpoint.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.files = [];
                    object.trainingFiles = [];
                }
                if (options.defaults) {
                    object.step = 0;
                    object.policyVersion = 0;
                    object.folder = "";
                    object.weightsSha256 = "";
                    object.pairSequence = 0;
                    object.objective = "";
                    object.objectiveRevision = 0;
                    object.final = false;
                }
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.folder != null && $Object.hasOwnProperty.call(message, "folder"))
                    object.folder = message.folder;
                if (message.weightsSha256 != null && $Object.hasOwnProperty.call(message, "weightsSha256"))
                    object.weightsSha256 = message.weightsSha256;
                if (message.pairSequence != null && $Object.hasOwnProperty.call(message, "pairSequence"))
                    object.pairSequence = message.pairSequence;
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective"))
                    object.objective = message.objective;
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision"))
                    object.objectiveRevision = message.objectiveRevision;
                if (message.final != null && $Object.hasOwnProperty.call(message, "final"))
                    object.final = message.final;
                if (message.files && message.files.length) {
                    object.files = $Array(message.files.length);
                    for (let j = 0; j < message.files.length; ++j)
                        object.files[j] = $root.anchorage.v1.ContentFile.toObject(message.files[j], options, _depth + 1);
                }
                if (message.trainingFiles && message.trainingFiles.length) {
                    object.trainingFiles = $Array(message.trainingFiles.length);
                    for (let j = 0; j < message.trainingFiles.length; ++j)
                        object.trainingFiles[j] = $root.anchorage.v1.ContentFile.toObject(message.trainingFiles[j], options, _depth + 1);
                }
                if (message.beta != null && $Object.hasOwnProperty.call(message, "beta"))
                    object.beta = options.json && !$isFinite(message.beta) ? $String(message.beta) : message.beta;
                return object;
            };

            /**
             * Converts this Checkpoint to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Checkpoint
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Checkpoint.prototype.toJSON = function() {
                return Checkpoint.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Checkpoint;
        })();

        v1.EvaluationScore = (function() {

            /**
             * Properties of an EvaluationScore.
             * @typedef {Object} anchorage.v1.EvaluationScore.$Properties
             * @property {number|null} [step] EvaluationScore step
             * @property {number|null} [policyVersion] EvaluationScore policyVersion
             * @property {string|null} [suite] EvaluationScore suite
             * @property {number|null} [score] EvaluationScore score
             * @property {number|null} [items] EvaluationScore items
             * @property {number|null} [seconds] EvaluationScore seconds
             * @property {string|null} [weightsSha256] EvaluationScore weightsSha256
             * @property {Array.<anchorage.v1.EvaluationAnswer.$Properties>|null} [answers] EvaluationScore answers
             * @property {number|null} [margin] EvaluationScore margin
             * @property {Array.<number>|null} [grades] EvaluationScore grades
             * @property {Array.<string>|null} [itemIds] EvaluationScore itemIds
             * @property {string|null} [name] EvaluationScore name
             * @property {number|null} [seed] EvaluationScore seed
             * @property {Object.<string,number>|null} [metrics] EvaluationScore metrics
             * @property {number|null} [low] EvaluationScore low
             * @property {number|null} [high] EvaluationScore high
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an EvaluationScore.
             * @memberof anchorage.v1
             * @interface IEvaluationScore
             * @augments anchorage.v1.EvaluationScore.$Properties
             * @deprecated Use anchorage.v1.EvaluationScore.$Properties instead.
             */

            /**
             * Shape of an EvaluationScore.
             * @typedef {anchorage.v1.EvaluationScore.$Properties} anchorage.v1.EvaluationScore.$Shape
             */

            /**
             * Constructs a new EvaluationScore.
             * @memberof anchorage.v1
             * @classdesc Represents an EvaluationScore.
             * @constructor
             * @param {anchorage.v1.EvaluationScore.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const EvaluationScore = function (properties) {
                this.answers = [];
                this.grades = [];
                this.itemIds = [];
                this.metrics = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * EvaluationScore step.
             * @member {number} step
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.step = 0;

            /**
             * EvaluationScore policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.policyVersion = 0;

            /**
             * EvaluationScore suite.
             * @member {string} suite
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.suite = "";

            /**
             * EvaluationScore score.
             * @member {number} score
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.score = 0;

            /**
             * EvaluationScore items.
             * @member {number} items
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.items = 0;

            /**
             * EvaluationScore seconds.
             * @member {number} seconds
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.seconds = 0;

            /**
             * EvaluationScore weightsSha256.
             * @member {string} weightsSha256
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.weightsSha256 = "";

            /**
             * EvaluationScore answers.
             * @member {Array.<anchorage.v1.EvaluationAnswer.$Properties>} answers
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.answers = $util.emptyArray;

            /**
             * EvaluationScore margin.
             * @member {number|null|undefined} margin
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.margin = null;

            /**
             * EvaluationScore grades.
             * @member {Array.<number>} grades
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.grades = $util.emptyArray;

            /**
             * EvaluationScore itemIds.
             * @member {Array.<string>} itemIds
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.itemIds = $util.emptyArray;

            /**
             * EvaluationScore name.
             * @member {string} name
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.name = "";

            /**
             * EvaluationScore seed.
             * @member {number|null|undefined} seed
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.seed = null;

            /**
             * EvaluationScore metrics.
             * @member {Object.<string,number>} metrics
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.metrics = $util.emptyObject;

            /**
             * EvaluationScore low.
             * @member {number|null|undefined} low
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.low = null;

            /**
             * EvaluationScore high.
             * @member {number|null|undefined} high
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             */
            EvaluationScore.prototype.high = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(EvaluationScore.prototype, "_margin", {
                get: $util.oneOfGetter($oneOfFields = ["margin"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(EvaluationScore.prototype, "_seed", {
                get: $util.oneOfGetter($oneOfFields = ["seed"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(EvaluationScore.prototype, "_low", {
                get: $util.oneOfGetter($oneOfFields = ["low"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(EvaluationScore.prototype, "_high", {
                get: $util.oneOfGetter($oneOfFields = ["high"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new EvaluationScore instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.EvaluationScore
             * @static
             * @param {anchorage.v1.EvaluationScore.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.EvaluationScore} EvaluationScore instance
             * @type {{
             *   (properties: anchorage.v1.EvaluationScore.$Shape): anchorage.v1.EvaluationScore & anchorage.v1.EvaluationScore.$Shape;
             *   (properties?: anchorage.v1.EvaluationScore.$Properties): anchorage.v1.EvaluationScore;
             * }}
             */
            EvaluationScore.create = function(properties) {
                return new EvaluationScore(properties);
            };

            /**
             * Encodes the specified EvaluationScore message. Does not implicitly {@link anchorage.v1.EvaluationScore.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.EvaluationScore
             * @static
             * @param {anchorage.v1.EvaluationScore.$Properties} message EvaluationScore message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            EvaluationScore.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.step);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.policyVersion);
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite") && message.suite !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.suite);
                if (message.score != null && $Object.hasOwnProperty.call(message, "score") && !$Object.is(message.score, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.score);
                if (message.items != null && $Object.hasOwnProperty.call(message, "items") && message.items !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.items);
                if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds") && !$Object.is(message.seconds, 0))
                    writer.uint32(/* id 6, wireType 1 =*/49).double(message.seconds);
                if (message.weightsSha256 != null && $Object.hasOwnProperty.call(message, "weightsSha256") && message.weightsSha256 !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.weightsSha256);
                if (message.answers != null && message.answers.length)
                    for (let i = 0; i < message.answers.length; ++i)
                        $root.anchorage.v1.EvaluationAnswer.encode(message.answers[i], writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.margin != null && $Object.hasOwnProperty.call(message, "margin"))
                    writer.uint32(/* id 9, wireType 1 =*/73).double(message.margin);
                if (message.grades != null && message.grades.length)
                    writer.uint32(/* id 10, wireType 2 =*/82).doubles(message.grades);
                if (message.itemIds != null && message.itemIds.length)
                    for (let i = 0; i < message.itemIds.length; ++i)
                        writer.uint32(/* id 11, wireType 2 =*/90).string(message.itemIds[i]);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.name);
                if (message.seed != null && $Object.hasOwnProperty.call(message, "seed"))
                    writer.uint32(/* id 13, wireType 1 =*/105).double(message.seed);
                if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics"))
                    for (let keys = $Object.keys(message.metrics), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 14, wireType 2 =*/114).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 1 =*/17).double(message.metrics[keys[i]]).ldelim();
                if (message.low != null && $Object.hasOwnProperty.call(message, "low"))
                    writer.uint32(/* id 15, wireType 1 =*/121).double(message.low);
                if (message.high != null && $Object.hasOwnProperty.call(message, "high"))
                    writer.uint32(/* id 16, wireType 1 =*/129).double(message.high);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an EvaluationScore message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.EvaluationScore
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.EvaluationScore & anchorage.v1.EvaluationScore.$Shape} EvaluationScore
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            EvaluationScore.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.EvaluationScore();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.step = value;
                            else
                                delete message.step;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.suite = value;
                            else
                                delete message.suite;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.score = value;
                            else
                                delete message.score;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.items = value;
                            else
                                delete message.items;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.seconds = value;
                            else
                                delete message.seconds;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.weightsSha256 = value;
                            else
                                delete message.weightsSha256;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.answers && message.answers.length))
                                message.answers = [];
                            message.answers.push($root.anchorage.v1.EvaluationAnswer.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 9: {
                            if (wireType !== 1)
                                break;
                            message.margin = reader.double();
                            message._margin = "margin";
                            continue;
                        }
                    case 10: {
                            if (wireType === 2) {
                                if (!(message.grades && message.grades.length))
                                    message.grades = [];
                                reader.doubles(message.grades);
                                continue;
                            }
                            if (wireType !== 1)
                                break;
                            if (!(message.grades && message.grades.length))
                                message.grades = [];
                            message.grades.push(reader.double());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.itemIds && message.itemIds.length))
                                message.itemIds = [];
                            message.itemIds.push(reader.stringVerify());
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 1)
                                break;
                            message.seed = reader.double();
                            message._seed = "seed";
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if (message.metrics === $util.emptyObject)
                                message.metrics = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.metrics, key);
                            message.metrics[key] = value;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 1)
                                break;
                            message.low = reader.double();
                            message._low = "low";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 1)
                                break;
                            message.high = reader.double();
                            message._high = "high";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an EvaluationScore message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.EvaluationScore
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.EvaluationScore} EvaluationScore
             */
            EvaluationScore.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.EvaluationScore)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.EvaluationScore: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.EvaluationScore();
                if (object.step != null)
                    if ($Number(object.step) !== 0)
                        message.step = object.step >>> 0;
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.suite != null)
                    if (typeof object.suite !== "string" || object.suite.length)
                        message.suite = $String(object.suite);
                if (object.score != null)
                    if (!$Object.is($Number(object.score), 0))
                        message.score = $Number(object.score);
                if (object.items != null)
                    if ($Number(object.items) !== 0)
                        message.items = object.items >>> 0;
                if (object.seconds != null)
                    if (!$Object.is($Number(object.seconds), 0))
                        message.seconds = $Number(object.seconds);
                if (object.weightsSha256 != null)
                    if (typeof object.weightsSha256 !== "string" || object.weightsSha256.length)
                        message.weightsSha256 = $String(object.weightsSha256);
                if (object.answers) {
                    if (!$Array.isArray(object.answers))
                        throw $TypeError(".anchorage.v1.EvaluationScore.answers: array expected");
                    message.answers = $Array(object.answers.length);
                    for (let i = 0; i < object.answers.length; ++i) {
                        if (!$util.isObject(object.answers[i]))
                            throw $TypeError(".anchorage.v1.EvaluationScore.answers: object expected");
                        message.answers[i] = $root.anchorage.v1.EvaluationAnswer.fromObject(object.answers[i], _depth + 1);
                    }
                }
                if (object.margin != null)
                    message.margin = $Number(object.margin);
                if (object.grades) {
                    if (!$Array.isArray(object.grades))
                        throw $TypeError(".anchorage.v1.EvaluationScore.grades: array expected");
                    message.grades = $Array(object.grades.length);
                    for (let i = 0; i < object.grades.length; ++i)
                        message.grades[i] = $Number(object.grades[i]);
                }
                if (object.itemIds) {
                    if (!$Array.isArray(object.itemIds))
                        throw $TypeError(".anchorage.v1.EvaluationScore.itemIds: array expected");
                    message.itemIds = $Array(object.itemIds.length);
                    for (let i = 0; i < object.itemIds.length; ++i)
                        message.itemIds[i] = $String(object.itemIds[i]);
                }
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.seed != null)
                    message.seed = $Number(object.seed);
                if (object.metrics) {
                    if (!$util.isObject(object.metrics))
                        throw $TypeError(".anchorage.v1.EvaluationScore.metrics: object expected");
                    message.metrics = {};
                    for (let keys = $Object.keys(object.metrics), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.metrics, keys[i]);
                        message.metrics[keys[i]] = $Number(object.metrics[keys[i]]);
                    }
                }
                if (object.low != null)
                    message.low = $Number(object.low);
                if (object.high != null)
                    message.high = $Number(object.high);
                return message;
            };

            /**
             * Creates a plain object from an EvaluationScore message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.EvaluationScore
             * @static
             * @param {anchorage.v1.EvaluationScore} message EvaluationScore
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            EvaluationScore.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.answers = [];
                    object.grades = [];
                    object.itemIds = [];
                }
                if (options.objects || options.defaults)
                    object.metrics = {};
                if (options.defaults) {
                    object.step = 0;
                    object.policyVersion = 0;
                    object.suite = "";
                    object.score = 0;
                    object.items = 0;
                    object.seconds = 0;
                    object.weightsSha256 = "";
                    object.name = "";
                }
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite"))
                    object.suite = message.suite;
                if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                    object.score = options.json && !$isFinite(message.score) ? $String(message.score) : message.score;
                if (message.items != null && $Object.hasOwnProperty.call(message, "items"))
                    object.items = message.items;
                if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds"))
                    object.seconds = options.json && !$isFinite(message.seconds) ? $String(message.seconds) : message.seconds;
                if (message.weightsSha256 != null && $Object.hasOwnProperty.call(message, "weightsSha256"))
                    object.weightsSha256 = message.weightsSha256;
                if (message.answers && message.answers.length) {
                    object.answers = $Array(message.answers.length);
                    for (let j = 0; j < message.answers.length; ++j)
                        object.answers[j] = $root.anchorage.v1.EvaluationAnswer.toObject(message.answers[j], options, _depth + 1);
                }
                if (message.margin != null && $Object.hasOwnProperty.call(message, "margin"))
                    object.margin = options.json && !$isFinite(message.margin) ? $String(message.margin) : message.margin;
                if (message.grades && message.grades.length) {
                    object.grades = $Array(message.grades.length);
                    for (let j = 0; j < message.grades.length; ++j)
                        object.grades[j] = options.json && !$isFinite(message.grades[j]) ? $String(message.grades[j]) : message.grades[j];
                }
                if (message.itemIds && message.itemIds.length) {
                    object.itemIds = $Array(message.itemIds.length);
                    for (let j = 0; j < message.itemIds.length; ++j)
                        object.itemIds[j] = message.itemIds[j];
                }
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                if (message.seed != null && $Object.hasOwnProperty.call(message, "seed"))
                    object.seed = options.json && !$isFinite(message.seed) ? $String(message.seed) : message.seed;
                let keys2;
                if (message.metrics && (keys2 = $Object.keys(message.metrics)).length) {
                    object.metrics = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.metrics, keys2[j]);
                        object.metrics[keys2[j]] = options.json && !$isFinite(message.metrics[keys2[j]]) ? $String(message.metrics[keys2[j]]) : message.metrics[keys2[j]];
                    }
                }
                if (message.low != null && $Object.hasOwnProperty.call(message, "low"))
                    object.low = options.json && !$isFinite(message.low) ? $String(message.low) : message.low;
                if (message.high != null && $Object.hasOwnProperty.call(message, "high"))
                    object.high = options.json && !$isFinite(message.high) ? $String(message.high) : message.high;
                return object;
            };

            /**
             * Converts this EvaluationScore to JSON.
             * @function toJSON
             * @memberof anchorage.v1.EvaluationScore
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            EvaluationScore.prototype.toJSON = function() {
                return EvaluationScore.toObject(this, $protobuf.util.toJSONOptions);
            };

            return EvaluationScore;
        })();

        v1.EvaluationAnswer = (function() {

            /**
             * Properties of an EvaluationAnswer.
             * @typedef {Object} anchorage.v1.EvaluationAnswer.$Properties
             * @property {string|null} [prompt] EvaluationAnswer prompt
             * @property {string|null} [completion] EvaluationAnswer completion
             * @property {number|null} [grade] EvaluationAnswer grade
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an EvaluationAnswer.
             * @memberof anchorage.v1
             * @interface IEvaluationAnswer
             * @augments anchorage.v1.EvaluationAnswer.$Properties
             * @deprecated Use anchorage.v1.EvaluationAnswer.$Properties instead.
             */

            /**
             * Shape of an EvaluationAnswer.
             * @typedef {anchorage.v1.EvaluationAnswer.$Properties} anchorage.v1.EvaluationAnswer.$Shape
             */

            /**
             * Constructs a new EvaluationAnswer.
             * @memberof anchorage.v1
             * @classdesc Represents an EvaluationAnswer.
             * @constructor
             * @param {anchorage.v1.EvaluationAnswer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const EvaluationAnswer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * EvaluationAnswer prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.EvaluationAnswer
             * @instance
             */
            EvaluationAnswer.prototype.prompt = "";

            /**
             * EvaluationAnswer completion.
             * @member {string} completion
             * @memberof anchorage.v1.EvaluationAnswer
             * @instance
             */
            EvaluationAnswer.prototype.completion = "";

            /**
             * EvaluationAnswer grade.
             * @member {number|null|undefined} grade
             * @memberof anchorage.v1.EvaluationAnswer
             * @instance
             */
            EvaluationAnswer.prototype.grade = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(EvaluationAnswer.prototype, "_grade", {
                get: $util.oneOfGetter($oneOfFields = ["grade"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new EvaluationAnswer instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.EvaluationAnswer
             * @static
             * @param {anchorage.v1.EvaluationAnswer.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.EvaluationAnswer} EvaluationAnswer instance
             * @type {{
             *   (properties: anchorage.v1.EvaluationAnswer.$Shape): anchorage.v1.EvaluationAnswer & anchorage.v1.EvaluationAnswer.$Shape;
             *   (properties?: anchorage.v1.EvaluationAnswer.$Properties): anchorage.v1.EvaluationAnswer;
             * }}
             */
            EvaluationAnswer.create = function(properties) {
                return new EvaluationAnswer(properties);
            };

            /**
             * Encodes the specified EvaluationAnswer message. Does not implicitly {@link anchorage.v1.EvaluationAnswer.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.EvaluationAnswer
             * @static
             * @param {anchorage.v1.EvaluationAnswer.$Properties} message EvaluationAnswer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            EvaluationAnswer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.prompt);
                if (message.completion != null && $Object.hasOwnProperty.call(message, "completion") && message.completion !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.completion);
                if (message.grade != null && $Object.hasOwnProperty.call(message, "grade"))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.grade);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an EvaluationAnswer message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.EvaluationAnswer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.EvaluationAnswer & anchorage.v1.EvaluationAnswer.$Shape} EvaluationAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            EvaluationAnswer.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.EvaluationAnswer();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.completion = value;
                            else
                                delete message.completion;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            message.grade = reader.double();
                            message._grade = "grade";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an EvaluationAnswer message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.EvaluationAnswer
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.EvaluationAnswer} EvaluationAnswer
             */
            EvaluationAnswer.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.EvaluationAnswer)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.EvaluationAnswer: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.EvaluationAnswer();
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.completion != null)
                    if (typeof object.completion !== "string" || object.completion.length)
                        message.completion = $String(object.completion);
                if (object.grade != null)
                    message.grade = $Number(object.grade);
                return message;
            };

            /**
             * Creates a plain object from an EvaluationAnswer message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.EvaluationAnswer
             * @static
             * @param {anchorage.v1.EvaluationAnswer} message EvaluationAnswer
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            EvaluationAnswer.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.prompt = "";
                    object.completion = "";
                }
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.completion != null && $Object.hasOwnProperty.call(message, "completion"))
                    object.completion = message.completion;
                if (message.grade != null && $Object.hasOwnProperty.call(message, "grade"))
                    object.grade = options.json && !$isFinite(message.grade) ? $String(message.grade) : message.grade;
                return object;
            };

            /**
             * Converts this EvaluationAnswer to JSON.
             * @function toJSON
             * @memberof anchorage.v1.EvaluationAnswer
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            EvaluationAnswer.prototype.toJSON = function() {
                return EvaluationAnswer.toObject(this, $protobuf.util.toJSONOptions);
            };

            return EvaluationAnswer;
        })();

        v1.Turn = (function() {

            /**
             * Properties of a Turn.
             * @typedef {Object} anchorage.v1.Turn.$Properties
             * @property {string|null} [role] Turn role
             * @property {string|null} [content] Turn content
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Turn.
             * @memberof anchorage.v1
             * @interface ITurn
             * @augments anchorage.v1.Turn.$Properties
             * @deprecated Use anchorage.v1.Turn.$Properties instead.
             */

            /**
             * Shape of a Turn.
             * @typedef {anchorage.v1.Turn.$Properties} anchorage.v1.Turn.$Shape
             */

            /**
             * Constructs a new Turn.
             * @memberof anchorage.v1
             * @classdesc Represents a Turn.
             * @constructor
             * @param {anchorage.v1.Turn.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Turn = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Turn role.
             * @member {string} role
             * @memberof anchorage.v1.Turn
             * @instance
             */
            Turn.prototype.role = "";

            /**
             * Turn content.
             * @member {string} content
             * @memberof anchorage.v1.Turn
             * @instance
             */
            Turn.prototype.content = "";

            /**
             * Creates a new Turn instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Turn
             * @static
             * @param {anchorage.v1.Turn.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Turn} Turn instance
             * @type {{
             *   (properties: anchorage.v1.Turn.$Shape): anchorage.v1.Turn & anchorage.v1.Turn.$Shape;
             *   (properties?: anchorage.v1.Turn.$Properties): anchorage.v1.Turn;
             * }}
             */
            Turn.create = function(properties) {
                return new Turn(properties);
            };

            /**
             * Encodes the specified Turn message. Does not implicitly {@link anchorage.v1.Turn.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Turn
             * @static
             * @param {anchorage.v1.Turn.$Properties} message Turn message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Turn.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.role);
                if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.content);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Turn message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Turn
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Turn & anchorage.v1.Turn.$Shape} Turn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Turn.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Turn();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.content = value;
                            else
                                delete message.content;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Turn message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Turn
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Turn} Turn
             */
            Turn.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Turn)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Turn: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Turn();
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                if (object.content != null)
                    if (typeof object.content !== "string" || object.content.length)
                        message.content = $String(object.content);
                return message;
            };

            /**
             * Creates a plain object from a Turn message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Turn
             * @static
             * @param {anchorage.v1.Turn} message Turn
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Turn.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.role = "";
                    object.content = "";
                }
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                if (message.content != null && $Object.hasOwnProperty.call(message, "content"))
                    object.content = message.content;
                return object;
            };

            /**
             * Converts this Turn to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Turn
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Turn.prototype.toJSON = function() {
                return Turn.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Turn;
        })();

        v1.Prompt = (function() {

            /**
             * Properties of a Prompt.
             * @typedef {Object} anchorage.v1.Prompt.$Properties
             * @property {string|null} [promptId] Prompt promptId
             * @property {string|null} [prompt] Prompt prompt
             * @property {number|null} [minPolicyStep] Prompt minPolicyStep
             * @property {Array.<anchorage.v1.GivenAnswer.$Properties>|null} [answers] Prompt answers
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] Prompt history
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Prompt.
             * @memberof anchorage.v1
             * @interface IPrompt
             * @augments anchorage.v1.Prompt.$Properties
             * @deprecated Use anchorage.v1.Prompt.$Properties instead.
             */

            /**
             * Shape of a Prompt.
             * @typedef {anchorage.v1.Prompt.$Properties} anchorage.v1.Prompt.$Shape
             */

            /**
             * Constructs a new Prompt.
             * @memberof anchorage.v1
             * @classdesc Represents a Prompt.
             * @constructor
             * @param {anchorage.v1.Prompt.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Prompt = function (properties) {
                this.answers = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Prompt promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.Prompt
             * @instance
             */
            Prompt.prototype.promptId = "";

            /**
             * Prompt prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.Prompt
             * @instance
             */
            Prompt.prototype.prompt = "";

            /**
             * Prompt minPolicyStep.
             * @member {number|null|undefined} minPolicyStep
             * @memberof anchorage.v1.Prompt
             * @instance
             */
            Prompt.prototype.minPolicyStep = null;

            /**
             * Prompt answers.
             * @member {Array.<anchorage.v1.GivenAnswer.$Properties>} answers
             * @memberof anchorage.v1.Prompt
             * @instance
             */
            Prompt.prototype.answers = $util.emptyArray;

            /**
             * Prompt history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.Prompt
             * @instance
             */
            Prompt.prototype.history = $util.emptyArray;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Prompt.prototype, "_minPolicyStep", {
                get: $util.oneOfGetter($oneOfFields = ["minPolicyStep"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Prompt instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Prompt
             * @static
             * @param {anchorage.v1.Prompt.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Prompt} Prompt instance
             * @type {{
             *   (properties: anchorage.v1.Prompt.$Shape): anchorage.v1.Prompt & anchorage.v1.Prompt.$Shape;
             *   (properties?: anchorage.v1.Prompt.$Properties): anchorage.v1.Prompt;
             * }}
             */
            Prompt.create = function(properties) {
                return new Prompt(properties);
            };

            /**
             * Encodes the specified Prompt message. Does not implicitly {@link anchorage.v1.Prompt.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Prompt
             * @static
             * @param {anchorage.v1.Prompt.$Properties} message Prompt message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Prompt.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.minPolicyStep != null && $Object.hasOwnProperty.call(message, "minPolicyStep"))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.minPolicyStep);
                if (message.answers != null && message.answers.length)
                    for (let i = 0; i < message.answers.length; ++i)
                        $root.anchorage.v1.GivenAnswer.encode(message.answers[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Prompt message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Prompt
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Prompt & anchorage.v1.Prompt.$Shape} Prompt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Prompt.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Prompt();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.minPolicyStep = reader.uint32();
                            message._minPolicyStep = "minPolicyStep";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.answers && message.answers.length))
                                message.answers = [];
                            message.answers.push($root.anchorage.v1.GivenAnswer.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Prompt message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Prompt
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Prompt} Prompt
             */
            Prompt.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Prompt)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Prompt: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Prompt();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.minPolicyStep != null)
                    message.minPolicyStep = object.minPolicyStep >>> 0;
                if (object.answers) {
                    if (!$Array.isArray(object.answers))
                        throw $TypeError(".anchorage.v1.Prompt.answers: array expected");
                    message.answers = $Array(object.answers.length);
                    for (let i = 0; i < object.answers.length; ++i) {
                        if (!$util.isObject(object.answers[i]))
                            throw $TypeError(".anchorage.v1.Prompt.answers: object expected");
                        message.answers[i] = $root.anchorage.v1.GivenAnswer.fromObject(object.answers[i], _depth + 1);
                    }
                }
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.Prompt.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.Prompt.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from a Prompt message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Prompt
             * @static
             * @param {anchorage.v1.Prompt} message Prompt
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Prompt.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.answers = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.minPolicyStep != null && $Object.hasOwnProperty.call(message, "minPolicyStep"))
                    object.minPolicyStep = message.minPolicyStep;
                if (message.answers && message.answers.length) {
                    object.answers = $Array(message.answers.length);
                    for (let j = 0; j < message.answers.length; ++j)
                        object.answers[j] = $root.anchorage.v1.GivenAnswer.toObject(message.answers[j], options, _depth + 1);
                }
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                return object;
            };

            /**
             * Converts this Prompt to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Prompt
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Prompt.prototype.toJSON = function() {
                return Prompt.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Prompt;
        })();

        v1.PolicySegment = (function() {

            /**
             * Properties of a PolicySegment.
             * @typedef {Object} anchorage.v1.PolicySegment.$Properties
             * @property {number|null} [policyVersion] PolicySegment policyVersion
             * @property {number|null} [tokenCount] PolicySegment tokenCount
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PolicySegment.
             * @memberof anchorage.v1
             * @interface IPolicySegment
             * @augments anchorage.v1.PolicySegment.$Properties
             * @deprecated Use anchorage.v1.PolicySegment.$Properties instead.
             */

            /**
             * Shape of a PolicySegment.
             * @typedef {anchorage.v1.PolicySegment.$Properties} anchorage.v1.PolicySegment.$Shape
             */

            /**
             * Constructs a new PolicySegment.
             * @memberof anchorage.v1
             * @classdesc Represents a PolicySegment.
             * @constructor
             * @param {anchorage.v1.PolicySegment.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PolicySegment = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PolicySegment policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.PolicySegment
             * @instance
             */
            PolicySegment.prototype.policyVersion = 0;

            /**
             * PolicySegment tokenCount.
             * @member {number} tokenCount
             * @memberof anchorage.v1.PolicySegment
             * @instance
             */
            PolicySegment.prototype.tokenCount = 0;

            /**
             * Creates a new PolicySegment instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.PolicySegment
             * @static
             * @param {anchorage.v1.PolicySegment.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.PolicySegment} PolicySegment instance
             * @type {{
             *   (properties: anchorage.v1.PolicySegment.$Shape): anchorage.v1.PolicySegment & anchorage.v1.PolicySegment.$Shape;
             *   (properties?: anchorage.v1.PolicySegment.$Properties): anchorage.v1.PolicySegment;
             * }}
             */
            PolicySegment.create = function(properties) {
                return new PolicySegment(properties);
            };

            /**
             * Encodes the specified PolicySegment message. Does not implicitly {@link anchorage.v1.PolicySegment.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.PolicySegment
             * @static
             * @param {anchorage.v1.PolicySegment.$Properties} message PolicySegment message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PolicySegment.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.policyVersion);
                if (message.tokenCount != null && $Object.hasOwnProperty.call(message, "tokenCount") && message.tokenCount !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.tokenCount);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PolicySegment message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.PolicySegment
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.PolicySegment & anchorage.v1.PolicySegment.$Shape} PolicySegment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PolicySegment.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.PolicySegment();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.tokenCount = value;
                            else
                                delete message.tokenCount;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PolicySegment message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.PolicySegment
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.PolicySegment} PolicySegment
             */
            PolicySegment.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.PolicySegment)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.PolicySegment: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.PolicySegment();
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.tokenCount != null)
                    if ($Number(object.tokenCount) !== 0)
                        message.tokenCount = object.tokenCount >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a PolicySegment message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.PolicySegment
             * @static
             * @param {anchorage.v1.PolicySegment} message PolicySegment
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PolicySegment.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.policyVersion = 0;
                    object.tokenCount = 0;
                }
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.tokenCount != null && $Object.hasOwnProperty.call(message, "tokenCount"))
                    object.tokenCount = message.tokenCount;
                return object;
            };

            /**
             * Converts this PolicySegment to JSON.
             * @function toJSON
             * @memberof anchorage.v1.PolicySegment
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PolicySegment.prototype.toJSON = function() {
                return PolicySegment.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PolicySegment;
        })();

        v1.Sampling = (function() {

            /**
             * Properties of a Sampling.
             * @typedef {Object} anchorage.v1.Sampling.$Properties
             * @property {Array.<anchorage.v1.PolicySegment.$Properties>|null} [segments] Sampling segments
             * @property {number|null} [policyStep] Sampling policyStep
             * @property {number|null} [endPolicyVersion] Sampling endPolicyVersion
             * @property {number|null} [startedUnixMs] Sampling startedUnixMs
             * @property {number|null} [logps] Sampling logps
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Sampling.
             * @memberof anchorage.v1
             * @interface ISampling
             * @augments anchorage.v1.Sampling.$Properties
             * @deprecated Use anchorage.v1.Sampling.$Properties instead.
             */

            /**
             * Shape of a Sampling.
             * @typedef {anchorage.v1.Sampling.$Properties} anchorage.v1.Sampling.$Shape
             */

            /**
             * Constructs a new Sampling.
             * @memberof anchorage.v1
             * @classdesc Represents a Sampling.
             * @constructor
             * @param {anchorage.v1.Sampling.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Sampling = function (properties) {
                this.segments = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Sampling segments.
             * @member {Array.<anchorage.v1.PolicySegment.$Properties>} segments
             * @memberof anchorage.v1.Sampling
             * @instance
             */
            Sampling.prototype.segments = $util.emptyArray;

            /**
             * Sampling policyStep.
             * @member {number} policyStep
             * @memberof anchorage.v1.Sampling
             * @instance
             */
            Sampling.prototype.policyStep = 0;

            /**
             * Sampling endPolicyVersion.
             * @member {number} endPolicyVersion
             * @memberof anchorage.v1.Sampling
             * @instance
             */
            Sampling.prototype.endPolicyVersion = 0;

            /**
             * Sampling startedUnixMs.
             * @member {number} startedUnixMs
             * @memberof anchorage.v1.Sampling
             * @instance
             */
            Sampling.prototype.startedUnixMs = 0;

            /**
             * Sampling logps.
             * @member {number|null|undefined} logps
             * @memberof anchorage.v1.Sampling
             * @instance
             */
            Sampling.prototype.logps = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Sampling.prototype, "_logps", {
                get: $util.oneOfGetter($oneOfFields = ["logps"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Sampling instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Sampling
             * @static
             * @param {anchorage.v1.Sampling.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Sampling} Sampling instance
             * @type {{
             *   (properties: anchorage.v1.Sampling.$Shape): anchorage.v1.Sampling & anchorage.v1.Sampling.$Shape;
             *   (properties?: anchorage.v1.Sampling.$Properties): anchorage.v1.Sampling;
             * }}
             */
            Sampling.create = function(properties) {
                return new Sampling(properties);
            };

            /**
             * Encodes the specified Sampling message. Does not implicitly {@link anchorage.v1.Sampling.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Sampling
             * @static
             * @param {anchorage.v1.Sampling.$Properties} message Sampling message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Sampling.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.segments != null && message.segments.length)
                    for (let i = 0; i < message.segments.length; ++i)
                        $root.anchorage.v1.PolicySegment.encode(message.segments[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.policyStep != null && $Object.hasOwnProperty.call(message, "policyStep") && message.policyStep !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.policyStep);
                if (message.endPolicyVersion != null && $Object.hasOwnProperty.call(message, "endPolicyVersion") && message.endPolicyVersion !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.endPolicyVersion);
                if (message.startedUnixMs != null && $Object.hasOwnProperty.call(message, "startedUnixMs") && !$Object.is(message.startedUnixMs, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.startedUnixMs);
                if (message.logps != null && $Object.hasOwnProperty.call(message, "logps"))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.logps);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Sampling message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Sampling
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Sampling & anchorage.v1.Sampling.$Shape} Sampling
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Sampling.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Sampling();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.segments && message.segments.length))
                                message.segments = [];
                            message.segments.push($root.anchorage.v1.PolicySegment.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyStep = value;
                            else
                                delete message.policyStep;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.endPolicyVersion = value;
                            else
                                delete message.endPolicyVersion;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.startedUnixMs = value;
                            else
                                delete message.startedUnixMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            message.logps = reader.double();
                            message._logps = "logps";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Sampling message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Sampling
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Sampling} Sampling
             */
            Sampling.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Sampling)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Sampling: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Sampling();
                if (object.segments) {
                    if (!$Array.isArray(object.segments))
                        throw $TypeError(".anchorage.v1.Sampling.segments: array expected");
                    message.segments = $Array(object.segments.length);
                    for (let i = 0; i < object.segments.length; ++i) {
                        if (!$util.isObject(object.segments[i]))
                            throw $TypeError(".anchorage.v1.Sampling.segments: object expected");
                        message.segments[i] = $root.anchorage.v1.PolicySegment.fromObject(object.segments[i], _depth + 1);
                    }
                }
                if (object.policyStep != null)
                    if ($Number(object.policyStep) !== 0)
                        message.policyStep = object.policyStep >>> 0;
                if (object.endPolicyVersion != null)
                    if ($Number(object.endPolicyVersion) !== 0)
                        message.endPolicyVersion = object.endPolicyVersion >>> 0;
                if (object.startedUnixMs != null)
                    if (!$Object.is($Number(object.startedUnixMs), 0))
                        message.startedUnixMs = $Number(object.startedUnixMs);
                if (object.logps != null)
                    message.logps = $Number(object.logps);
                return message;
            };

            /**
             * Creates a plain object from a Sampling message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Sampling
             * @static
             * @param {anchorage.v1.Sampling} message Sampling
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Sampling.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.segments = [];
                if (options.defaults) {
                    object.policyStep = 0;
                    object.endPolicyVersion = 0;
                    object.startedUnixMs = 0;
                }
                if (message.segments && message.segments.length) {
                    object.segments = $Array(message.segments.length);
                    for (let j = 0; j < message.segments.length; ++j)
                        object.segments[j] = $root.anchorage.v1.PolicySegment.toObject(message.segments[j], options, _depth + 1);
                }
                if (message.policyStep != null && $Object.hasOwnProperty.call(message, "policyStep"))
                    object.policyStep = message.policyStep;
                if (message.endPolicyVersion != null && $Object.hasOwnProperty.call(message, "endPolicyVersion"))
                    object.endPolicyVersion = message.endPolicyVersion;
                if (message.startedUnixMs != null && $Object.hasOwnProperty.call(message, "startedUnixMs"))
                    object.startedUnixMs = options.json && !$isFinite(message.startedUnixMs) ? $String(message.startedUnixMs) : message.startedUnixMs;
                if (message.logps != null && $Object.hasOwnProperty.call(message, "logps"))
                    object.logps = options.json && !$isFinite(message.logps) ? $String(message.logps) : message.logps;
                return object;
            };

            /**
             * Converts this Sampling to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Sampling
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Sampling.prototype.toJSON = function() {
                return Sampling.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Sampling;
        })();

        /**
         * FinishReason enum.
         * @name anchorage.v1.FinishReason
         * @enum {number}
         * @property {number} FINISH_REASON_UNSPECIFIED=0 FINISH_REASON_UNSPECIFIED value
         * @property {number} FINISH_REASON_STOP=1 FINISH_REASON_STOP value
         * @property {number} FINISH_REASON_LENGTH=2 FINISH_REASON_LENGTH value
         */
        v1.FinishReason = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "FINISH_REASON_UNSPECIFIED"] = 0;
            values[valuesById[1] = "FINISH_REASON_STOP"] = 1;
            values[valuesById[2] = "FINISH_REASON_LENGTH"] = 2;
            return values;
        })();

        v1.Completion = (function() {

            /**
             * Properties of a Completion.
             * @typedef {Object} anchorage.v1.Completion.$Properties
             * @property {string|null} [promptId] Completion promptId
             * @property {string|null} [prompt] Completion prompt
             * @property {string|null} [completion] Completion completion
             * @property {anchorage.v1.FinishReason|null} [finishReason] Completion finishReason
             * @property {number|null} [policyVersion] Completion policyVersion
             * @property {anchorage.v1.Sampling.$Properties|null} [sampling] Completion sampling
             * @property {Array.<number>|null} [completionIds] Completion completionIds
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] Completion history
             * @property {anchorage.v1.Usage.$Properties|null} [usage] Completion usage
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Completion.
             * @memberof anchorage.v1
             * @interface ICompletion
             * @augments anchorage.v1.Completion.$Properties
             * @deprecated Use anchorage.v1.Completion.$Properties instead.
             */

            /**
             * Shape of a Completion.
             * @typedef {anchorage.v1.Completion.$Properties} anchorage.v1.Completion.$Shape
             */

            /**
             * Constructs a new Completion.
             * @memberof anchorage.v1
             * @classdesc Represents a Completion.
             * @constructor
             * @param {anchorage.v1.Completion.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Completion = function (properties) {
                this.completionIds = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Completion promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.promptId = "";

            /**
             * Completion prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.prompt = "";

            /**
             * Completion completion.
             * @member {string} completion
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.completion = "";

            /**
             * Completion finishReason.
             * @member {anchorage.v1.FinishReason} finishReason
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.finishReason = 0;

            /**
             * Completion policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.policyVersion = 0;

            /**
             * Completion sampling.
             * @member {anchorage.v1.Sampling.$Properties|null|undefined} sampling
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.sampling = null;

            /**
             * Completion completionIds.
             * @member {Array.<number>} completionIds
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.completionIds = $util.emptyArray;

            /**
             * Completion history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.history = $util.emptyArray;

            /**
             * Completion usage.
             * @member {anchorage.v1.Usage.$Properties|null|undefined} usage
             * @memberof anchorage.v1.Completion
             * @instance
             */
            Completion.prototype.usage = null;

            /**
             * Creates a new Completion instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Completion
             * @static
             * @param {anchorage.v1.Completion.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Completion} Completion instance
             * @type {{
             *   (properties: anchorage.v1.Completion.$Shape): anchorage.v1.Completion & anchorage.v1.Completion.$Shape;
             *   (properties?: anchorage.v1.Completion.$Properties): anchorage.v1.Completion;
             * }}
             */
            Completion.create = function(properties) {
                return new Completion(properties);
            };

            /**
             * Encodes the specified Completion message. Does not implicitly {@link anchorage.v1.Completion.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Completion
             * @static
             * @param {anchorage.v1.Completion.$Properties} message Completion message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Completion.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.completion != null && $Object.hasOwnProperty.call(message, "completion") && message.completion !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.completion);
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason") && message.finishReason !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).int32(message.finishReason);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.policyVersion);
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    $root.anchorage.v1.Sampling.encode(message.sampling, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.completionIds != null && message.completionIds.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).uint32s(message.completionIds);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    $root.anchorage.v1.Usage.encode(message.usage, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Completion message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Completion
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Completion & anchorage.v1.Completion.$Shape} Completion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Completion.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Completion();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.completion = value;
                            else
                                delete message.completion;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.finishReason = value;
                            else
                                delete message.finishReason;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.sampling = $root.anchorage.v1.Sampling.decode(reader, reader.size(), $undefined, _depth + 1, message.sampling);
                            continue;
                        }
                    case 8: {
                            if (wireType === 2) {
                                if (!(message.completionIds && message.completionIds.length))
                                    message.completionIds = [];
                                reader.uint32s(message.completionIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.completionIds && message.completionIds.length))
                                message.completionIds = [];
                            message.completionIds.push(reader.uint32());
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.usage = $root.anchorage.v1.Usage.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Completion message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Completion
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Completion} Completion
             */
            Completion.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Completion)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Completion: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Completion();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.completion != null)
                    if (typeof object.completion !== "string" || object.completion.length)
                        message.completion = $String(object.completion);
                if (object.finishReason !== 0 && (typeof object.finishReason !== "string" || $root.anchorage.v1.FinishReason[object.finishReason] !== 0))
                    switch (object.finishReason) {
                    case "FINISH_REASON_UNSPECIFIED":
                    case 0:
                        message.finishReason = 0;
                        break;
                    case "FINISH_REASON_STOP":
                    case 1:
                        message.finishReason = 1;
                        break;
                    case "FINISH_REASON_LENGTH":
                    case 2:
                        message.finishReason = 2;
                        break;
                    default:
                        if (typeof object.finishReason === "number" && (object.finishReason | 0) === object.finishReason)
                            message.finishReason = object.finishReason;
                    }
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.sampling != null) {
                    if (!$util.isObject(object.sampling))
                        throw $TypeError(".anchorage.v1.Completion.sampling: object expected");
                    message.sampling = $root.anchorage.v1.Sampling.fromObject(object.sampling, _depth + 1);
                }
                if (object.completionIds) {
                    if (!$Array.isArray(object.completionIds))
                        throw $TypeError(".anchorage.v1.Completion.completionIds: array expected");
                    message.completionIds = $Array(object.completionIds.length);
                    for (let i = 0; i < object.completionIds.length; ++i)
                        message.completionIds[i] = object.completionIds[i] >>> 0;
                }
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.Completion.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.Completion.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.usage != null) {
                    if (!$util.isObject(object.usage))
                        throw $TypeError(".anchorage.v1.Completion.usage: object expected");
                    message.usage = $root.anchorage.v1.Usage.fromObject(object.usage, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a Completion message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Completion
             * @static
             * @param {anchorage.v1.Completion} message Completion
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Completion.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.completionIds = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.completion = "";
                    object.finishReason = options.enums === $String ? "FINISH_REASON_UNSPECIFIED" : 0;
                    object.policyVersion = 0;
                    object.sampling = null;
                    object.usage = null;
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.completion != null && $Object.hasOwnProperty.call(message, "completion"))
                    object.completion = message.completion;
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason"))
                    object.finishReason = options.enums === $String ? $root.anchorage.v1.FinishReason[message.finishReason] === $undefined ? message.finishReason : $root.anchorage.v1.FinishReason[message.finishReason] : message.finishReason;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    object.sampling = $root.anchorage.v1.Sampling.toObject(message.sampling, options, _depth + 1);
                if (message.completionIds && message.completionIds.length) {
                    object.completionIds = $Array(message.completionIds.length);
                    for (let j = 0; j < message.completionIds.length; ++j)
                        object.completionIds[j] = message.completionIds[j];
                }
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    object.usage = $root.anchorage.v1.Usage.toObject(message.usage, options, _depth + 1);
                return object;
            };

            /**
             * Converts this Completion to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Completion
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Completion.prototype.toJSON = function() {
                return Completion.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Completion;
        })();

        v1.GivenAnswer = (function() {

            /**
             * Properties of a GivenAnswer.
             * @typedef {Object} anchorage.v1.GivenAnswer.$Properties
             * @property {string|null} [text] GivenAnswer text
             * @property {Array.<number>|null} [ids] GivenAnswer ids
             * @property {anchorage.v1.FinishReason|null} [finishReason] GivenAnswer finishReason
             * @property {string|null} [model] GivenAnswer model
             * @property {number|null} [score] GivenAnswer score
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GivenAnswer.
             * @memberof anchorage.v1
             * @interface IGivenAnswer
             * @augments anchorage.v1.GivenAnswer.$Properties
             * @deprecated Use anchorage.v1.GivenAnswer.$Properties instead.
             */

            /**
             * Shape of a GivenAnswer.
             * @typedef {anchorage.v1.GivenAnswer.$Properties} anchorage.v1.GivenAnswer.$Shape
             */

            /**
             * Constructs a new GivenAnswer.
             * @memberof anchorage.v1
             * @classdesc Represents a GivenAnswer.
             * @constructor
             * @param {anchorage.v1.GivenAnswer.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GivenAnswer = function (properties) {
                this.ids = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GivenAnswer text.
             * @member {string} text
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             */
            GivenAnswer.prototype.text = "";

            /**
             * GivenAnswer ids.
             * @member {Array.<number>} ids
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             */
            GivenAnswer.prototype.ids = $util.emptyArray;

            /**
             * GivenAnswer finishReason.
             * @member {anchorage.v1.FinishReason} finishReason
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             */
            GivenAnswer.prototype.finishReason = 0;

            /**
             * GivenAnswer model.
             * @member {string} model
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             */
            GivenAnswer.prototype.model = "";

            /**
             * GivenAnswer score.
             * @member {number|null|undefined} score
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             */
            GivenAnswer.prototype.score = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(GivenAnswer.prototype, "_score", {
                get: $util.oneOfGetter($oneOfFields = ["score"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new GivenAnswer instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.GivenAnswer
             * @static
             * @param {anchorage.v1.GivenAnswer.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.GivenAnswer} GivenAnswer instance
             * @type {{
             *   (properties: anchorage.v1.GivenAnswer.$Shape): anchorage.v1.GivenAnswer & anchorage.v1.GivenAnswer.$Shape;
             *   (properties?: anchorage.v1.GivenAnswer.$Properties): anchorage.v1.GivenAnswer;
             * }}
             */
            GivenAnswer.create = function(properties) {
                return new GivenAnswer(properties);
            };

            /**
             * Encodes the specified GivenAnswer message. Does not implicitly {@link anchorage.v1.GivenAnswer.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.GivenAnswer
             * @static
             * @param {anchorage.v1.GivenAnswer.$Properties} message GivenAnswer message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GivenAnswer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.text);
                if (message.ids != null && message.ids.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).uint32s(message.ids);
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason") && message.finishReason !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).int32(message.finishReason);
                if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.model);
                if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.score);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GivenAnswer message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.GivenAnswer
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.GivenAnswer & anchorage.v1.GivenAnswer.$Shape} GivenAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GivenAnswer.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.GivenAnswer();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.text = value;
                            else
                                delete message.text;
                            continue;
                        }
                    case 2: {
                            if (wireType === 2) {
                                if (!(message.ids && message.ids.length))
                                    message.ids = [];
                                reader.uint32s(message.ids);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.ids && message.ids.length))
                                message.ids = [];
                            message.ids.push(reader.uint32());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.finishReason = value;
                            else
                                delete message.finishReason;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.model = value;
                            else
                                delete message.model;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            message.score = reader.double();
                            message._score = "score";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a GivenAnswer message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.GivenAnswer
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.GivenAnswer} GivenAnswer
             */
            GivenAnswer.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.GivenAnswer)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.GivenAnswer: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.GivenAnswer();
                if (object.text != null)
                    if (typeof object.text !== "string" || object.text.length)
                        message.text = $String(object.text);
                if (object.ids) {
                    if (!$Array.isArray(object.ids))
                        throw $TypeError(".anchorage.v1.GivenAnswer.ids: array expected");
                    message.ids = $Array(object.ids.length);
                    for (let i = 0; i < object.ids.length; ++i)
                        message.ids[i] = object.ids[i] >>> 0;
                }
                if (object.finishReason !== 0 && (typeof object.finishReason !== "string" || $root.anchorage.v1.FinishReason[object.finishReason] !== 0))
                    switch (object.finishReason) {
                    case "FINISH_REASON_UNSPECIFIED":
                    case 0:
                        message.finishReason = 0;
                        break;
                    case "FINISH_REASON_STOP":
                    case 1:
                        message.finishReason = 1;
                        break;
                    case "FINISH_REASON_LENGTH":
                    case 2:
                        message.finishReason = 2;
                        break;
                    default:
                        if (typeof object.finishReason === "number" && (object.finishReason | 0) === object.finishReason)
                            message.finishReason = object.finishReason;
                    }
                if (object.model != null)
                    if (typeof object.model !== "string" || object.model.length)
                        message.model = $String(object.model);
                if (object.score != null)
                    message.score = $Number(object.score);
                return message;
            };

            /**
             * Creates a plain object from a GivenAnswer message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.GivenAnswer
             * @static
             * @param {anchorage.v1.GivenAnswer} message GivenAnswer
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            GivenAnswer.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.ids = [];
                if (options.defaults) {
                    object.text = "";
                    object.finishReason = options.enums === $String ? "FINISH_REASON_UNSPECIFIED" : 0;
                    object.model = "";
                }
                if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                    object.text = message.text;
                if (message.ids && message.ids.length) {
                    object.ids = $Array(message.ids.length);
                    for (let j = 0; j < message.ids.length; ++j)
                        object.ids[j] = message.ids[j];
                }
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason"))
                    object.finishReason = options.enums === $String ? $root.anchorage.v1.FinishReason[message.finishReason] === $undefined ? message.finishReason : $root.anchorage.v1.FinishReason[message.finishReason] : message.finishReason;
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                    object.score = options.json && !$isFinite(message.score) ? $String(message.score) : message.score;
                return object;
            };

            /**
             * Converts this GivenAnswer to JSON.
             * @function toJSON
             * @memberof anchorage.v1.GivenAnswer
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            GivenAnswer.prototype.toJSON = function() {
                return GivenAnswer.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GivenAnswer;
        })();

        v1.Usage = (function() {

            /**
             * Properties of a Usage.
             * @typedef {Object} anchorage.v1.Usage.$Properties
             * @property {number|null} [requests] Usage requests
             * @property {number|null} [promptTokens] Usage promptTokens
             * @property {number|null} [completionTokens] Usage completionTokens
             * @property {number|null} [cost] Usage cost
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Usage.
             * @memberof anchorage.v1
             * @interface IUsage
             * @augments anchorage.v1.Usage.$Properties
             * @deprecated Use anchorage.v1.Usage.$Properties instead.
             */

            /**
             * Shape of a Usage.
             * @typedef {anchorage.v1.Usage.$Properties} anchorage.v1.Usage.$Shape
             */

            /**
             * Constructs a new Usage.
             * @memberof anchorage.v1
             * @classdesc Represents a Usage.
             * @constructor
             * @param {anchorage.v1.Usage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Usage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Usage requests.
             * @member {number} requests
             * @memberof anchorage.v1.Usage
             * @instance
             */
            Usage.prototype.requests = 0;

            /**
             * Usage promptTokens.
             * @member {number} promptTokens
             * @memberof anchorage.v1.Usage
             * @instance
             */
            Usage.prototype.promptTokens = 0;

            /**
             * Usage completionTokens.
             * @member {number} completionTokens
             * @memberof anchorage.v1.Usage
             * @instance
             */
            Usage.prototype.completionTokens = 0;

            /**
             * Usage cost.
             * @member {number|null|undefined} cost
             * @memberof anchorage.v1.Usage
             * @instance
             */
            Usage.prototype.cost = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Usage.prototype, "_cost", {
                get: $util.oneOfGetter($oneOfFields = ["cost"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Usage instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Usage
             * @static
             * @param {anchorage.v1.Usage.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Usage} Usage instance
             * @type {{
             *   (properties: anchorage.v1.Usage.$Shape): anchorage.v1.Usage & anchorage.v1.Usage.$Shape;
             *   (properties?: anchorage.v1.Usage.$Properties): anchorage.v1.Usage;
             * }}
             */
            Usage.create = function(properties) {
                return new Usage(properties);
            };

            /**
             * Encodes the specified Usage message. Does not implicitly {@link anchorage.v1.Usage.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Usage
             * @static
             * @param {anchorage.v1.Usage.$Properties} message Usage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Usage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.requests != null && $Object.hasOwnProperty.call(message, "requests") && message.requests !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.requests);
                if (message.promptTokens != null && $Object.hasOwnProperty.call(message, "promptTokens") && message.promptTokens !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.promptTokens);
                if (message.completionTokens != null && $Object.hasOwnProperty.call(message, "completionTokens") && message.completionTokens !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.completionTokens);
                if (message.cost != null && $Object.hasOwnProperty.call(message, "cost"))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.cost);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Usage message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Usage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Usage & anchorage.v1.Usage.$Shape} Usage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Usage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Usage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.requests = value;
                            else
                                delete message.requests;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.promptTokens = value;
                            else
                                delete message.promptTokens;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.completionTokens = value;
                            else
                                delete message.completionTokens;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            message.cost = reader.double();
                            message._cost = "cost";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Usage message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Usage
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Usage} Usage
             */
            Usage.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Usage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Usage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Usage();
                if (object.requests != null)
                    if ($Number(object.requests) !== 0)
                        message.requests = object.requests >>> 0;
                if (object.promptTokens != null)
                    if ($Number(object.promptTokens) !== 0)
                        message.promptTokens = object.promptTokens >>> 0;
                if (object.completionTokens != null)
                    if ($Number(object.completionTokens) !== 0)
                        message.completionTokens = object.completionTokens >>> 0;
                if (object.cost != null)
                    message.cost = $Number(object.cost);
                return message;
            };

            /**
             * Creates a plain object from a Usage message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Usage
             * @static
             * @param {anchorage.v1.Usage} message Usage
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Usage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.requests = 0;
                    object.promptTokens = 0;
                    object.completionTokens = 0;
                }
                if (message.requests != null && $Object.hasOwnProperty.call(message, "requests"))
                    object.requests = message.requests;
                if (message.promptTokens != null && $Object.hasOwnProperty.call(message, "promptTokens"))
                    object.promptTokens = message.promptTokens;
                if (message.completionTokens != null && $Object.hasOwnProperty.call(message, "completionTokens"))
                    object.completionTokens = message.completionTokens;
                if (message.cost != null && $Object.hasOwnProperty.call(message, "cost"))
                    object.cost = options.json && !$isFinite(message.cost) ? $String(message.cost) : message.cost;
                return object;
            };

            /**
             * Converts this Usage to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Usage
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Usage.prototype.toJSON = function() {
                return Usage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Usage;
        })();

        v1.AnswerSet = (function() {

            /**
             * Properties of an AnswerSet.
             * @typedef {Object} anchorage.v1.AnswerSet.$Properties
             * @property {string|null} [promptId] AnswerSet promptId
             * @property {string|null} [prompt] AnswerSet prompt
             * @property {Array.<anchorage.v1.GivenAnswer.$Properties>|null} [answers] AnswerSet answers
             * @property {number|null} [policyVersion] AnswerSet policyVersion
             * @property {anchorage.v1.Sampling.$Properties|null} [sampling] AnswerSet sampling
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] AnswerSet history
             * @property {anchorage.v1.Usage.$Properties|null} [usage] AnswerSet usage
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AnswerSet.
             * @memberof anchorage.v1
             * @interface IAnswerSet
             * @augments anchorage.v1.AnswerSet.$Properties
             * @deprecated Use anchorage.v1.AnswerSet.$Properties instead.
             */

            /**
             * Shape of an AnswerSet.
             * @typedef {anchorage.v1.AnswerSet.$Properties} anchorage.v1.AnswerSet.$Shape
             */

            /**
             * Constructs a new AnswerSet.
             * @memberof anchorage.v1
             * @classdesc Represents an AnswerSet.
             * @constructor
             * @param {anchorage.v1.AnswerSet.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AnswerSet = function (properties) {
                this.answers = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AnswerSet promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.promptId = "";

            /**
             * AnswerSet prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.prompt = "";

            /**
             * AnswerSet answers.
             * @member {Array.<anchorage.v1.GivenAnswer.$Properties>} answers
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.answers = $util.emptyArray;

            /**
             * AnswerSet policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.policyVersion = 0;

            /**
             * AnswerSet sampling.
             * @member {anchorage.v1.Sampling.$Properties|null|undefined} sampling
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.sampling = null;

            /**
             * AnswerSet history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.history = $util.emptyArray;

            /**
             * AnswerSet usage.
             * @member {anchorage.v1.Usage.$Properties|null|undefined} usage
             * @memberof anchorage.v1.AnswerSet
             * @instance
             */
            AnswerSet.prototype.usage = null;

            /**
             * Creates a new AnswerSet instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.AnswerSet
             * @static
             * @param {anchorage.v1.AnswerSet.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.AnswerSet} AnswerSet instance
             * @type {{
             *   (properties: anchorage.v1.AnswerSet.$Shape): anchorage.v1.AnswerSet & anchorage.v1.AnswerSet.$Shape;
             *   (properties?: anchorage.v1.AnswerSet.$Properties): anchorage.v1.AnswerSet;
             * }}
             */
            AnswerSet.create = function(properties) {
                return new AnswerSet(properties);
            };

            /**
             * Encodes the specified AnswerSet message. Does not implicitly {@link anchorage.v1.AnswerSet.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.AnswerSet
             * @static
             * @param {anchorage.v1.AnswerSet.$Properties} message AnswerSet message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AnswerSet.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.answers != null && message.answers.length)
                    for (let i = 0; i < message.answers.length; ++i)
                        $root.anchorage.v1.GivenAnswer.encode(message.answers[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.policyVersion);
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    $root.anchorage.v1.Sampling.encode(message.sampling, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    $root.anchorage.v1.Usage.encode(message.usage, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AnswerSet message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.AnswerSet
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.AnswerSet & anchorage.v1.AnswerSet.$Shape} AnswerSet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AnswerSet.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.AnswerSet();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.answers && message.answers.length))
                                message.answers = [];
                            message.answers.push($root.anchorage.v1.GivenAnswer.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.sampling = $root.anchorage.v1.Sampling.decode(reader, reader.size(), $undefined, _depth + 1, message.sampling);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.usage = $root.anchorage.v1.Usage.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AnswerSet message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.AnswerSet
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.AnswerSet} AnswerSet
             */
            AnswerSet.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.AnswerSet)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.AnswerSet: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.AnswerSet();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.answers) {
                    if (!$Array.isArray(object.answers))
                        throw $TypeError(".anchorage.v1.AnswerSet.answers: array expected");
                    message.answers = $Array(object.answers.length);
                    for (let i = 0; i < object.answers.length; ++i) {
                        if (!$util.isObject(object.answers[i]))
                            throw $TypeError(".anchorage.v1.AnswerSet.answers: object expected");
                        message.answers[i] = $root.anchorage.v1.GivenAnswer.fromObject(object.answers[i], _depth + 1);
                    }
                }
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.sampling != null) {
                    if (!$util.isObject(object.sampling))
                        throw $TypeError(".anchorage.v1.AnswerSet.sampling: object expected");
                    message.sampling = $root.anchorage.v1.Sampling.fromObject(object.sampling, _depth + 1);
                }
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.AnswerSet.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.AnswerSet.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.usage != null) {
                    if (!$util.isObject(object.usage))
                        throw $TypeError(".anchorage.v1.AnswerSet.usage: object expected");
                    message.usage = $root.anchorage.v1.Usage.fromObject(object.usage, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from an AnswerSet message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.AnswerSet
             * @static
             * @param {anchorage.v1.AnswerSet} message AnswerSet
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AnswerSet.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.answers = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.policyVersion = 0;
                    object.sampling = null;
                    object.usage = null;
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.answers && message.answers.length) {
                    object.answers = $Array(message.answers.length);
                    for (let j = 0; j < message.answers.length; ++j)
                        object.answers[j] = $root.anchorage.v1.GivenAnswer.toObject(message.answers[j], options, _depth + 1);
                }
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    object.sampling = $root.anchorage.v1.Sampling.toObject(message.sampling, options, _depth + 1);
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    object.usage = $root.anchorage.v1.Usage.toObject(message.usage, options, _depth + 1);
                return object;
            };

            /**
             * Converts this AnswerSet to JSON.
             * @function toJSON
             * @memberof anchorage.v1.AnswerSet
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AnswerSet.prototype.toJSON = function() {
                return AnswerSet.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AnswerSet;
        })();

        v1.CompletionPair = (function() {

            /**
             * Properties of a CompletionPair.
             * @typedef {Object} anchorage.v1.CompletionPair.$Properties
             * @property {string|null} [promptId] CompletionPair promptId
             * @property {string|null} [prompt] CompletionPair prompt
             * @property {string|null} [first] CompletionPair first
             * @property {string|null} [second] CompletionPair second
             * @property {anchorage.v1.FinishReason|null} [firstFinishReason] CompletionPair firstFinishReason
             * @property {anchorage.v1.FinishReason|null} [secondFinishReason] CompletionPair secondFinishReason
             * @property {number|null} [policyVersion] CompletionPair policyVersion
             * @property {anchorage.v1.Sampling.$Properties|null} [sampling] CompletionPair sampling
             * @property {Array.<number>|null} [firstIds] CompletionPair firstIds
             * @property {Array.<number>|null} [secondIds] CompletionPair secondIds
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] CompletionPair history
             * @property {anchorage.v1.Usage.$Properties|null} [usage] CompletionPair usage
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CompletionPair.
             * @memberof anchorage.v1
             * @interface ICompletionPair
             * @augments anchorage.v1.CompletionPair.$Properties
             * @deprecated Use anchorage.v1.CompletionPair.$Properties instead.
             */

            /**
             * Shape of a CompletionPair.
             * @typedef {anchorage.v1.CompletionPair.$Properties} anchorage.v1.CompletionPair.$Shape
             */

            /**
             * Constructs a new CompletionPair.
             * @memberof anchorage.v1
             * @classdesc Represents a CompletionPair.
             * @constructor
             * @param {anchorage.v1.CompletionPair.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CompletionPair = function (properties) {
                this.firstIds = [];
                this.secondIds = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CompletionPair promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.promptId = "";

            /**
             * CompletionPair prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.prompt = "";

            /**
             * CompletionPair first.
             * @member {string} first
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.first = "";

            /**
             * CompletionPair second.
             * @member {string} second
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.second = "";

            /**
             * CompletionPair firstFinishReason.
             * @member {anchorage.v1.FinishReason} firstFinishReason
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.firstFinishReason = 0;

            /**
             * CompletionPair secondFinishReason.
             * @member {anchorage.v1.FinishReason} secondFinishReason
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.secondFinishReason = 0;

            /**
             * CompletionPair policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.policyVersion = 0;

            /**
             * CompletionPair sampling.
             * @member {anchorage.v1.Sampling.$Properties|null|undefined} sampling
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.sampling = null;

            /**
             * CompletionPair firstIds.
             * @member {Array.<number>} firstIds
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.firstIds = $util.emptyArray;

            /**
             * CompletionPair secondIds.
             * @member {Array.<number>} secondIds
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.secondIds = $util.emptyArray;

            /**
             * CompletionPair history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.history = $util.emptyArray;

            /**
             * CompletionPair usage.
             * @member {anchorage.v1.Usage.$Properties|null|undefined} usage
             * @memberof anchorage.v1.CompletionPair
             * @instance
             */
            CompletionPair.prototype.usage = null;

            /**
             * Creates a new CompletionPair instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.CompletionPair
             * @static
             * @param {anchorage.v1.CompletionPair.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.CompletionPair} CompletionPair instance
             * @type {{
             *   (properties: anchorage.v1.CompletionPair.$Shape): anchorage.v1.CompletionPair & anchorage.v1.CompletionPair.$Shape;
             *   (properties?: anchorage.v1.CompletionPair.$Properties): anchorage.v1.CompletionPair;
             * }}
             */
            CompletionPair.create = function(properties) {
                return new CompletionPair(properties);
            };

            /**
             * Encodes the specified CompletionPair message. Does not implicitly {@link anchorage.v1.CompletionPair.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.CompletionPair
             * @static
             * @param {anchorage.v1.CompletionPair.$Properties} message CompletionPair message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CompletionPair.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.first != null && $Object.hasOwnProperty.call(message, "first") && message.first !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.first);
                if (message.second != null && $Object.hasOwnProperty.call(message, "second") && message.second !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.second);
                if (message.firstFinishReason != null && $Object.hasOwnProperty.call(message, "firstFinishReason") && message.firstFinishReason !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).int32(message.firstFinishReason);
                if (message.secondFinishReason != null && $Object.hasOwnProperty.call(message, "secondFinishReason") && message.secondFinishReason !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).int32(message.secondFinishReason);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.policyVersion);
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    $root.anchorage.v1.Sampling.encode(message.sampling, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.firstIds != null && message.firstIds.length)
                    writer.uint32(/* id 9, wireType 2 =*/74).uint32s(message.firstIds);
                if (message.secondIds != null && message.secondIds.length)
                    writer.uint32(/* id 10, wireType 2 =*/82).uint32s(message.secondIds);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    $root.anchorage.v1.Usage.encode(message.usage, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CompletionPair message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.CompletionPair
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.CompletionPair & anchorage.v1.CompletionPair.$Shape} CompletionPair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CompletionPair.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.CompletionPair();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.first = value;
                            else
                                delete message.first;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.second = value;
                            else
                                delete message.second;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.firstFinishReason = value;
                            else
                                delete message.firstFinishReason;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.secondFinishReason = value;
                            else
                                delete message.secondFinishReason;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.sampling = $root.anchorage.v1.Sampling.decode(reader, reader.size(), $undefined, _depth + 1, message.sampling);
                            continue;
                        }
                    case 9: {
                            if (wireType === 2) {
                                if (!(message.firstIds && message.firstIds.length))
                                    message.firstIds = [];
                                reader.uint32s(message.firstIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.firstIds && message.firstIds.length))
                                message.firstIds = [];
                            message.firstIds.push(reader.uint32());
                            continue;
                        }
                    case 10: {
                            if (wireType === 2) {
                                if (!(message.secondIds && message.secondIds.length))
                                    message.secondIds = [];
                                reader.uint32s(message.secondIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.secondIds && message.secondIds.length))
                                message.secondIds = [];
                            message.secondIds.push(reader.uint32());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.usage = $root.anchorage.v1.Usage.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a CompletionPair message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.CompletionPair
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.CompletionPair} CompletionPair
             */
            CompletionPair.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.CompletionPair)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.CompletionPair: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.CompletionPair();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.first != null)
                    if (typeof object.first !== "string" || object.first.length)
                        message.first = $String(object.first);
                if (object.second != null)
                    if (typeof object.second !== "string" || object.second.length)
                        message.second = $String(object.second);
                if (object.firstFinishReason !== 0 && (typeof object.firstFinishReason !== "string" || $root.anchorage.v1.FinishReason[object.firstFinishReason] !== 0))
                    switch (object.firstFinishReason) {
                    case "FINISH_REASON_UNSPECIFIED":
                    case 0:
                        message.firstFinishReason = 0;
                        break;
                    case "FINISH_REASON_STOP":
                    case 1:
                        message.firstFinishReason = 1;
                        break;
                    case "FINISH_REASON_LENGTH":
                    case 2:
                        message.firstFinishReason = 2;
                        break;
                    default:
                        if (typeof object.firstFinishReason === "number" && (object.firstFinishReason | 0) === object.firstFinishReason)
                            message.firstFinishReason = object.firstFinishReason;
                    }
                if (object.secondFinishReason !== 0 && (typeof object.secondFinishReason !== "string" || $root.anchorage.v1.FinishReason[object.secondFinishReason] !== 0))
                    switch (object.secondFinishReason) {
                    case "FINISH_REASON_UNSPECIFIED":
                    case 0:
                        message.secondFinishReason = 0;
                        break;
                    case "FINISH_REASON_STOP":
                    case 1:
                        message.secondFinishReason = 1;
                        break;
                    case "FINISH_REASON_LENGTH":
                    case 2:
                        message.secondFinishReason = 2;
                        break;
                    default:
                        if (typeof object.secondFinishReason === "number" && (object.secondFinishReason | 0) === object.secondFinishReason)
                            message.secondFinishReason = object.secondFinishReason;
                    }
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.sampling != null) {
                    if (!$util.isObject(object.sampling))
                        throw $TypeError(".anchorage.v1.CompletionPair.sampling: object expected");
                    message.sampling = $root.anchorage.v1.Sampling.fromObject(object.sampling, _depth + 1);
                }
                if (object.firstIds) {
                    if (!$Array.isArray(object.firstIds))
                        throw $TypeError(".anchorage.v1.CompletionPair.firstIds: array expected");
                    message.firstIds = $Array(object.firstIds.length);
                    for (let i = 0; i < object.firstIds.length; ++i)
                        message.firstIds[i] = object.firstIds[i] >>> 0;
                }
                if (object.secondIds) {
                    if (!$Array.isArray(object.secondIds))
                        throw $TypeError(".anchorage.v1.CompletionPair.secondIds: array expected");
                    message.secondIds = $Array(object.secondIds.length);
                    for (let i = 0; i < object.secondIds.length; ++i)
                        message.secondIds[i] = object.secondIds[i] >>> 0;
                }
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.CompletionPair.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.CompletionPair.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.usage != null) {
                    if (!$util.isObject(object.usage))
                        throw $TypeError(".anchorage.v1.CompletionPair.usage: object expected");
                    message.usage = $root.anchorage.v1.Usage.fromObject(object.usage, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a CompletionPair message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.CompletionPair
             * @static
             * @param {anchorage.v1.CompletionPair} message CompletionPair
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            CompletionPair.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.firstIds = [];
                    object.secondIds = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.first = "";
                    object.second = "";
                    object.firstFinishReason = options.enums === $String ? "FINISH_REASON_UNSPECIFIED" : 0;
                    object.secondFinishReason = options.enums === $String ? "FINISH_REASON_UNSPECIFIED" : 0;
                    object.policyVersion = 0;
                    object.sampling = null;
                    object.usage = null;
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.first != null && $Object.hasOwnProperty.call(message, "first"))
                    object.first = message.first;
                if (message.second != null && $Object.hasOwnProperty.call(message, "second"))
                    object.second = message.second;
                if (message.firstFinishReason != null && $Object.hasOwnProperty.call(message, "firstFinishReason"))
                    object.firstFinishReason = options.enums === $String ? $root.anchorage.v1.FinishReason[message.firstFinishReason] === $undefined ? message.firstFinishReason : $root.anchorage.v1.FinishReason[message.firstFinishReason] : message.firstFinishReason;
                if (message.secondFinishReason != null && $Object.hasOwnProperty.call(message, "secondFinishReason"))
                    object.secondFinishReason = options.enums === $String ? $root.anchorage.v1.FinishReason[message.secondFinishReason] === $undefined ? message.secondFinishReason : $root.anchorage.v1.FinishReason[message.secondFinishReason] : message.secondFinishReason;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    object.sampling = $root.anchorage.v1.Sampling.toObject(message.sampling, options, _depth + 1);
                if (message.firstIds && message.firstIds.length) {
                    object.firstIds = $Array(message.firstIds.length);
                    for (let j = 0; j < message.firstIds.length; ++j)
                        object.firstIds[j] = message.firstIds[j];
                }
                if (message.secondIds && message.secondIds.length) {
                    object.secondIds = $Array(message.secondIds.length);
                    for (let j = 0; j < message.secondIds.length; ++j)
                        object.secondIds[j] = message.secondIds[j];
                }
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    object.usage = $root.anchorage.v1.Usage.toObject(message.usage, options, _depth + 1);
                return object;
            };

            /**
             * Converts this CompletionPair to JSON.
             * @function toJSON
             * @memberof anchorage.v1.CompletionPair
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            CompletionPair.prototype.toJSON = function() {
                return CompletionPair.toObject(this, $protobuf.util.toJSONOptions);
            };

            return CompletionPair;
        })();

        v1.MetricRow = (function() {

            /**
             * Properties of a MetricRow.
             * @typedef {Object} anchorage.v1.MetricRow.$Properties
             * @property {string|null} [actor] MetricRow actor
             * @property {number|null} [index] MetricRow index
             * @property {number|null} [timeUnixMs] MetricRow timeUnixMs
             * @property {number|null} [step] MetricRow step
             * @property {number|null} [policyVersion] MetricRow policyVersion
             * @property {string|null} [objective] MetricRow objective
             * @property {number|null} [objectiveRevision] MetricRow objectiveRevision
             * @property {Object.<string,number>|null} [values] MetricRow values
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a MetricRow.
             * @memberof anchorage.v1
             * @interface IMetricRow
             * @augments anchorage.v1.MetricRow.$Properties
             * @deprecated Use anchorage.v1.MetricRow.$Properties instead.
             */

            /**
             * Shape of a MetricRow.
             * @typedef {anchorage.v1.MetricRow.$Properties} anchorage.v1.MetricRow.$Shape
             */

            /**
             * Constructs a new MetricRow.
             * @memberof anchorage.v1
             * @classdesc Represents a MetricRow.
             * @constructor
             * @param {anchorage.v1.MetricRow.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const MetricRow = function (properties) {
                this.values = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * MetricRow actor.
             * @member {string} actor
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.actor = "";

            /**
             * MetricRow index.
             * @member {number} index
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.index = 0;

            /**
             * MetricRow timeUnixMs.
             * @member {number} timeUnixMs
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.timeUnixMs = 0;

            /**
             * MetricRow step.
             * @member {number|null|undefined} step
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.step = null;

            /**
             * MetricRow policyVersion.
             * @member {number|null|undefined} policyVersion
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.policyVersion = null;

            /**
             * MetricRow objective.
             * @member {string} objective
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.objective = "";

            /**
             * MetricRow objectiveRevision.
             * @member {number|null|undefined} objectiveRevision
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.objectiveRevision = null;

            /**
             * MetricRow values.
             * @member {Object.<string,number>} values
             * @memberof anchorage.v1.MetricRow
             * @instance
             */
            MetricRow.prototype.values = $util.emptyObject;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(MetricRow.prototype, "_step", {
                get: $util.oneOfGetter($oneOfFields = ["step"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(MetricRow.prototype, "_policyVersion", {
                get: $util.oneOfGetter($oneOfFields = ["policyVersion"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(MetricRow.prototype, "_objectiveRevision", {
                get: $util.oneOfGetter($oneOfFields = ["objectiveRevision"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new MetricRow instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.MetricRow
             * @static
             * @param {anchorage.v1.MetricRow.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.MetricRow} MetricRow instance
             * @type {{
             *   (properties: anchorage.v1.MetricRow.$Shape): anchorage.v1.MetricRow & anchorage.v1.MetricRow.$Shape;
             *   (properties?: anchorage.v1.MetricRow.$Properties): anchorage.v1.MetricRow;
             * }}
             */
            MetricRow.create = function(properties) {
                return new MetricRow(properties);
            };

            /**
             * Encodes the specified MetricRow message. Does not implicitly {@link anchorage.v1.MetricRow.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.MetricRow
             * @static
             * @param {anchorage.v1.MetricRow.$Properties} message MetricRow message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            MetricRow.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor") && message.actor !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.actor);
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.index);
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs") && !$Object.is(message.timeUnixMs, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.timeUnixMs);
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.step);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.policyVersion);
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective") && message.objective !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.objective);
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision"))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.objectiveRevision);
                if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                    for (let keys = $Object.keys(message.values), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 8, wireType 2 =*/66).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 1 =*/17).double(message.values[keys[i]]).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a MetricRow message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.MetricRow
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.MetricRow & anchorage.v1.MetricRow.$Shape} MetricRow
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            MetricRow.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.MetricRow();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.actor = value;
                            else
                                delete message.actor;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnixMs = value;
                            else
                                delete message.timeUnixMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.step = reader.uint32();
                            message._step = "step";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.policyVersion = reader.uint32();
                            message._policyVersion = "policyVersion";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.objective = value;
                            else
                                delete message.objective;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.objectiveRevision = reader.uint32();
                            message._objectiveRevision = "objectiveRevision";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (message.values === $util.emptyObject)
                                message.values = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.values, key);
                            message.values[key] = value;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a MetricRow message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.MetricRow
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.MetricRow} MetricRow
             */
            MetricRow.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.MetricRow)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.MetricRow: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.MetricRow();
                if (object.actor != null)
                    if (typeof object.actor !== "string" || object.actor.length)
                        message.actor = $String(object.actor);
                if (object.index != null)
                    if ($Number(object.index) !== 0)
                        message.index = object.index >>> 0;
                if (object.timeUnixMs != null)
                    if (!$Object.is($Number(object.timeUnixMs), 0))
                        message.timeUnixMs = $Number(object.timeUnixMs);
                if (object.step != null)
                    message.step = object.step >>> 0;
                if (object.policyVersion != null)
                    message.policyVersion = object.policyVersion >>> 0;
                if (object.objective != null)
                    if (typeof object.objective !== "string" || object.objective.length)
                        message.objective = $String(object.objective);
                if (object.objectiveRevision != null)
                    message.objectiveRevision = object.objectiveRevision >>> 0;
                if (object.values) {
                    if (!$util.isObject(object.values))
                        throw $TypeError(".anchorage.v1.MetricRow.values: object expected");
                    message.values = {};
                    for (let keys = $Object.keys(object.values), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.values, keys[i]);
                        message.values[keys[i]] = $Number(object.values[keys[i]]);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from a MetricRow message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.MetricRow
             * @static
             * @param {anchorage.v1.MetricRow} message MetricRow
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            MetricRow.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.values = {};
                if (options.defaults) {
                    object.actor = "";
                    object.index = 0;
                    object.timeUnixMs = 0;
                    object.objective = "";
                }
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor"))
                    object.actor = message.actor;
                if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                    object.index = message.index;
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs"))
                    object.timeUnixMs = options.json && !$isFinite(message.timeUnixMs) ? $String(message.timeUnixMs) : message.timeUnixMs;
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective"))
                    object.objective = message.objective;
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision"))
                    object.objectiveRevision = message.objectiveRevision;
                let keys2;
                if (message.values && (keys2 = $Object.keys(message.values)).length) {
                    object.values = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.values, keys2[j]);
                        object.values[keys2[j]] = options.json && !$isFinite(message.values[keys2[j]]) ? $String(message.values[keys2[j]]) : message.values[keys2[j]];
                    }
                }
                return object;
            };

            /**
             * Converts this MetricRow to JSON.
             * @function toJSON
             * @memberof anchorage.v1.MetricRow
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            MetricRow.prototype.toJSON = function() {
                return MetricRow.toObject(this, $protobuf.util.toJSONOptions);
            };

            return MetricRow;
        })();

        v1.Alert = (function() {

            /**
             * Properties of an Alert.
             * @typedef {Object} anchorage.v1.Alert.$Properties
             * @property {string|null} [rule] Alert rule
             * @property {number|null} [step] Alert step
             * @property {number|null} [objectiveRevision] Alert objectiveRevision
             * @property {string|null} [evidence] Alert evidence
             * @property {string|null} [remedy] Alert remedy
             * @property {string|null} [action] Alert action
             * @property {number|null} [timeUnixMs] Alert timeUnixMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Alert.
             * @memberof anchorage.v1
             * @interface IAlert
             * @augments anchorage.v1.Alert.$Properties
             * @deprecated Use anchorage.v1.Alert.$Properties instead.
             */

            /**
             * Shape of an Alert.
             * @typedef {anchorage.v1.Alert.$Properties} anchorage.v1.Alert.$Shape
             */

            /**
             * Constructs a new Alert.
             * @memberof anchorage.v1
             * @classdesc Represents an Alert.
             * @constructor
             * @param {anchorage.v1.Alert.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Alert = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Alert rule.
             * @member {string} rule
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.rule = "";

            /**
             * Alert step.
             * @member {number} step
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.step = 0;

            /**
             * Alert objectiveRevision.
             * @member {number} objectiveRevision
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.objectiveRevision = 0;

            /**
             * Alert evidence.
             * @member {string} evidence
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.evidence = "";

            /**
             * Alert remedy.
             * @member {string} remedy
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.remedy = "";

            /**
             * Alert action.
             * @member {string} action
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.action = "";

            /**
             * Alert timeUnixMs.
             * @member {number} timeUnixMs
             * @memberof anchorage.v1.Alert
             * @instance
             */
            Alert.prototype.timeUnixMs = 0;

            /**
             * Creates a new Alert instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Alert
             * @static
             * @param {anchorage.v1.Alert.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Alert} Alert instance
             * @type {{
             *   (properties: anchorage.v1.Alert.$Shape): anchorage.v1.Alert & anchorage.v1.Alert.$Shape;
             *   (properties?: anchorage.v1.Alert.$Properties): anchorage.v1.Alert;
             * }}
             */
            Alert.create = function(properties) {
                return new Alert(properties);
            };

            /**
             * Encodes the specified Alert message. Does not implicitly {@link anchorage.v1.Alert.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Alert
             * @static
             * @param {anchorage.v1.Alert.$Properties} message Alert message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Alert.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.rule);
                if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.step);
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision") && message.objectiveRevision !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.objectiveRevision);
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence") && message.evidence !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.evidence);
                if (message.remedy != null && $Object.hasOwnProperty.call(message, "remedy") && message.remedy !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.remedy);
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.action);
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs") && !$Object.is(message.timeUnixMs, 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).double(message.timeUnixMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Alert message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Alert
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Alert & anchorage.v1.Alert.$Shape} Alert
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Alert.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Alert();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.step = value;
                            else
                                delete message.step;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.objectiveRevision = value;
                            else
                                delete message.objectiveRevision;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.evidence = value;
                            else
                                delete message.evidence;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.remedy = value;
                            else
                                delete message.remedy;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnixMs = value;
                            else
                                delete message.timeUnixMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an Alert message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Alert
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Alert} Alert
             */
            Alert.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Alert)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Alert: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Alert();
                if (object.rule != null)
                    if (typeof object.rule !== "string" || object.rule.length)
                        message.rule = $String(object.rule);
                if (object.step != null)
                    if ($Number(object.step) !== 0)
                        message.step = object.step >>> 0;
                if (object.objectiveRevision != null)
                    if ($Number(object.objectiveRevision) !== 0)
                        message.objectiveRevision = object.objectiveRevision >>> 0;
                if (object.evidence != null)
                    if (typeof object.evidence !== "string" || object.evidence.length)
                        message.evidence = $String(object.evidence);
                if (object.remedy != null)
                    if (typeof object.remedy !== "string" || object.remedy.length)
                        message.remedy = $String(object.remedy);
                if (object.action != null)
                    if (typeof object.action !== "string" || object.action.length)
                        message.action = $String(object.action);
                if (object.timeUnixMs != null)
                    if (!$Object.is($Number(object.timeUnixMs), 0))
                        message.timeUnixMs = $Number(object.timeUnixMs);
                return message;
            };

            /**
             * Creates a plain object from an Alert message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Alert
             * @static
             * @param {anchorage.v1.Alert} message Alert
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Alert.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.rule = "";
                    object.step = 0;
                    object.objectiveRevision = 0;
                    object.evidence = "";
                    object.remedy = "";
                    object.action = "";
                    object.timeUnixMs = 0;
                }
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule"))
                    object.rule = message.rule;
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.objectiveRevision != null && $Object.hasOwnProperty.call(message, "objectiveRevision"))
                    object.objectiveRevision = message.objectiveRevision;
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence"))
                    object.evidence = message.evidence;
                if (message.remedy != null && $Object.hasOwnProperty.call(message, "remedy"))
                    object.remedy = message.remedy;
                if (message.action != null && $Object.hasOwnProperty.call(message, "action"))
                    object.action = message.action;
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs"))
                    object.timeUnixMs = options.json && !$isFinite(message.timeUnixMs) ? $String(message.timeUnixMs) : message.timeUnixMs;
                return object;
            };

            /**
             * Converts this Alert to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Alert
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Alert.prototype.toJSON = function() {
                return Alert.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Alert;
        })();

        /**
         * Better enum.
         * @name anchorage.v1.Better
         * @enum {number}
         * @property {number} BETTER_UNSPECIFIED=0 BETTER_UNSPECIFIED value
         * @property {number} BETTER_CHOSEN=1 BETTER_CHOSEN value
         * @property {number} BETTER_FRESH=2 BETTER_FRESH value
         * @property {number} BETTER_NEITHER=3 BETTER_NEITHER value
         */
        v1.Better = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "BETTER_UNSPECIFIED"] = 0;
            values[valuesById[1] = "BETTER_CHOSEN"] = 1;
            values[valuesById[2] = "BETTER_FRESH"] = 2;
            values[valuesById[3] = "BETTER_NEITHER"] = 3;
            return values;
        })();

        v1.Comparison = (function() {

            /**
             * Properties of a Comparison.
             * @typedef {Object} anchorage.v1.Comparison.$Properties
             * @property {string|null} [promptId] Comparison promptId
             * @property {string|null} [prompt] Comparison prompt
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] Comparison history
             * @property {string|null} [chosen] Comparison chosen
             * @property {string|null} [fresh] Comparison fresh
             * @property {number|null} [policyVersion] Comparison policyVersion
             * @property {anchorage.v1.Better|null} [better] Comparison better
             * @property {string|null} [rationale] Comparison rationale
             * @property {string|null} [model] Comparison model
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Comparison.
             * @memberof anchorage.v1
             * @interface IComparison
             * @augments anchorage.v1.Comparison.$Properties
             * @deprecated Use anchorage.v1.Comparison.$Properties instead.
             */

            /**
             * Shape of a Comparison.
             * @typedef {anchorage.v1.Comparison.$Properties} anchorage.v1.Comparison.$Shape
             */

            /**
             * Constructs a new Comparison.
             * @memberof anchorage.v1
             * @classdesc Represents a Comparison.
             * @constructor
             * @param {anchorage.v1.Comparison.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Comparison = function (properties) {
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Comparison promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.promptId = "";

            /**
             * Comparison prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.prompt = "";

            /**
             * Comparison history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.history = $util.emptyArray;

            /**
             * Comparison chosen.
             * @member {string} chosen
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.chosen = "";

            /**
             * Comparison fresh.
             * @member {string} fresh
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.fresh = "";

            /**
             * Comparison policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.policyVersion = 0;

            /**
             * Comparison better.
             * @member {anchorage.v1.Better} better
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.better = 0;

            /**
             * Comparison rationale.
             * @member {string} rationale
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.rationale = "";

            /**
             * Comparison model.
             * @member {string} model
             * @memberof anchorage.v1.Comparison
             * @instance
             */
            Comparison.prototype.model = "";

            /**
             * Creates a new Comparison instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Comparison
             * @static
             * @param {anchorage.v1.Comparison.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Comparison} Comparison instance
             * @type {{
             *   (properties: anchorage.v1.Comparison.$Shape): anchorage.v1.Comparison & anchorage.v1.Comparison.$Shape;
             *   (properties?: anchorage.v1.Comparison.$Properties): anchorage.v1.Comparison;
             * }}
             */
            Comparison.create = function(properties) {
                return new Comparison(properties);
            };

            /**
             * Encodes the specified Comparison message. Does not implicitly {@link anchorage.v1.Comparison.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Comparison
             * @static
             * @param {anchorage.v1.Comparison.$Properties} message Comparison message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Comparison.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen") && message.chosen !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.chosen);
                if (message.fresh != null && $Object.hasOwnProperty.call(message, "fresh") && message.fresh !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.fresh);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.policyVersion);
                if (message.better != null && $Object.hasOwnProperty.call(message, "better") && message.better !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).int32(message.better);
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale") && message.rationale !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.rationale);
                if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.model);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Comparison message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Comparison
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Comparison & anchorage.v1.Comparison.$Shape} Comparison
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Comparison.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Comparison();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.chosen = value;
                            else
                                delete message.chosen;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.fresh = value;
                            else
                                delete message.fresh;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.better = value;
                            else
                                delete message.better;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rationale = value;
                            else
                                delete message.rationale;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.model = value;
                            else
                                delete message.model;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Comparison message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Comparison
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Comparison} Comparison
             */
            Comparison.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Comparison)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Comparison: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Comparison();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.Comparison.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.Comparison.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.chosen != null)
                    if (typeof object.chosen !== "string" || object.chosen.length)
                        message.chosen = $String(object.chosen);
                if (object.fresh != null)
                    if (typeof object.fresh !== "string" || object.fresh.length)
                        message.fresh = $String(object.fresh);
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.better !== 0 && (typeof object.better !== "string" || $root.anchorage.v1.Better[object.better] !== 0))
                    switch (object.better) {
                    case "BETTER_UNSPECIFIED":
                    case 0:
                        message.better = 0;
                        break;
                    case "BETTER_CHOSEN":
                    case 1:
                        message.better = 1;
                        break;
                    case "BETTER_FRESH":
                    case 2:
                        message.better = 2;
                        break;
                    case "BETTER_NEITHER":
                    case 3:
                        message.better = 3;
                        break;
                    default:
                        if (typeof object.better === "number" && (object.better | 0) === object.better)
                            message.better = object.better;
                    }
                if (object.rationale != null)
                    if (typeof object.rationale !== "string" || object.rationale.length)
                        message.rationale = $String(object.rationale);
                if (object.model != null)
                    if (typeof object.model !== "string" || object.model.length)
                        message.model = $String(object.model);
                return message;
            };

            /**
             * Creates a plain object from a Comparison message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Comparison
             * @static
             * @param {anchorage.v1.Comparison} message Comparison
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Comparison.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.history = [];
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.chosen = "";
                    object.fresh = "";
                    object.policyVersion = 0;
                    object.better = options.enums === $String ? "BETTER_UNSPECIFIED" : 0;
                    object.rationale = "";
                    object.model = "";
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen"))
                    object.chosen = message.chosen;
                if (message.fresh != null && $Object.hasOwnProperty.call(message, "fresh"))
                    object.fresh = message.fresh;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.better != null && $Object.hasOwnProperty.call(message, "better"))
                    object.better = options.enums === $String ? $root.anchorage.v1.Better[message.better] === $undefined ? message.better : $root.anchorage.v1.Better[message.better] : message.better;
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale"))
                    object.rationale = message.rationale;
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                return object;
            };

            /**
             * Converts this Comparison to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Comparison
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Comparison.prototype.toJSON = function() {
                return Comparison.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Comparison;
        })();

        v1.Advice = (function() {

            /**
             * Properties of an Advice.
             * @typedef {Object} anchorage.v1.Advice.$Properties
             * @property {number|null} [policyVersion] Advice policyVersion
             * @property {number|null} [step] Advice step
             * @property {string|null} [objective] Advice objective
             * @property {string|null} [evidence] Advice evidence
             * @property {number|null} [wins] Advice wins
             * @property {number|null} [losses] Advice losses
             * @property {number|null} [undecided] Advice undecided
             * @property {string|null} [reason] Advice reason
             * @property {number|null} [timeUnixMs] Advice timeUnixMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Advice.
             * @memberof anchorage.v1
             * @interface IAdvice
             * @augments anchorage.v1.Advice.$Properties
             * @deprecated Use anchorage.v1.Advice.$Properties instead.
             */

            /**
             * Shape of an Advice.
             * @typedef {anchorage.v1.Advice.$Properties} anchorage.v1.Advice.$Shape
             */

            /**
             * Constructs a new Advice.
             * @memberof anchorage.v1
             * @classdesc Represents an Advice.
             * @constructor
             * @param {anchorage.v1.Advice.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Advice = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Advice policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.policyVersion = 0;

            /**
             * Advice step.
             * @member {number} step
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.step = 0;

            /**
             * Advice objective.
             * @member {string} objective
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.objective = "";

            /**
             * Advice evidence.
             * @member {string} evidence
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.evidence = "";

            /**
             * Advice wins.
             * @member {number} wins
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.wins = 0;

            /**
             * Advice losses.
             * @member {number} losses
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.losses = 0;

            /**
             * Advice undecided.
             * @member {number} undecided
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.undecided = 0;

            /**
             * Advice reason.
             * @member {string} reason
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.reason = "";

            /**
             * Advice timeUnixMs.
             * @member {number} timeUnixMs
             * @memberof anchorage.v1.Advice
             * @instance
             */
            Advice.prototype.timeUnixMs = 0;

            /**
             * Creates a new Advice instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Advice
             * @static
             * @param {anchorage.v1.Advice.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Advice} Advice instance
             * @type {{
             *   (properties: anchorage.v1.Advice.$Shape): anchorage.v1.Advice & anchorage.v1.Advice.$Shape;
             *   (properties?: anchorage.v1.Advice.$Properties): anchorage.v1.Advice;
             * }}
             */
            Advice.create = function(properties) {
                return new Advice(properties);
            };

            /**
             * Encodes the specified Advice message. Does not implicitly {@link anchorage.v1.Advice.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Advice
             * @static
             * @param {anchorage.v1.Advice.$Properties} message Advice message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Advice.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.policyVersion);
                if (message.step != null && $Object.hasOwnProperty.call(message, "step") && message.step !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.step);
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective") && message.objective !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.objective);
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence") && message.evidence !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.evidence);
                if (message.wins != null && $Object.hasOwnProperty.call(message, "wins") && message.wins !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.wins);
                if (message.losses != null && $Object.hasOwnProperty.call(message, "losses") && message.losses !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.losses);
                if (message.undecided != null && $Object.hasOwnProperty.call(message, "undecided") && message.undecided !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.undecided);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.reason);
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs") && !$Object.is(message.timeUnixMs, 0))
                    writer.uint32(/* id 9, wireType 1 =*/73).double(message.timeUnixMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Advice message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Advice
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Advice & anchorage.v1.Advice.$Shape} Advice
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Advice.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Advice();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.step = value;
                            else
                                delete message.step;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.objective = value;
                            else
                                delete message.objective;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.evidence = value;
                            else
                                delete message.evidence;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.wins = value;
                            else
                                delete message.wins;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.losses = value;
                            else
                                delete message.losses;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.undecided = value;
                            else
                                delete message.undecided;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnixMs = value;
                            else
                                delete message.timeUnixMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an Advice message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Advice
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Advice} Advice
             */
            Advice.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Advice)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Advice: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Advice();
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.step != null)
                    if ($Number(object.step) !== 0)
                        message.step = object.step >>> 0;
                if (object.objective != null)
                    if (typeof object.objective !== "string" || object.objective.length)
                        message.objective = $String(object.objective);
                if (object.evidence != null)
                    if (typeof object.evidence !== "string" || object.evidence.length)
                        message.evidence = $String(object.evidence);
                if (object.wins != null)
                    if ($Number(object.wins) !== 0)
                        message.wins = object.wins >>> 0;
                if (object.losses != null)
                    if ($Number(object.losses) !== 0)
                        message.losses = object.losses >>> 0;
                if (object.undecided != null)
                    if ($Number(object.undecided) !== 0)
                        message.undecided = object.undecided >>> 0;
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                if (object.timeUnixMs != null)
                    if (!$Object.is($Number(object.timeUnixMs), 0))
                        message.timeUnixMs = $Number(object.timeUnixMs);
                return message;
            };

            /**
             * Creates a plain object from an Advice message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Advice
             * @static
             * @param {anchorage.v1.Advice} message Advice
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Advice.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.policyVersion = 0;
                    object.step = 0;
                    object.objective = "";
                    object.evidence = "";
                    object.wins = 0;
                    object.losses = 0;
                    object.undecided = 0;
                    object.reason = "";
                    object.timeUnixMs = 0;
                }
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.step != null && $Object.hasOwnProperty.call(message, "step"))
                    object.step = message.step;
                if (message.objective != null && $Object.hasOwnProperty.call(message, "objective"))
                    object.objective = message.objective;
                if (message.evidence != null && $Object.hasOwnProperty.call(message, "evidence"))
                    object.evidence = message.evidence;
                if (message.wins != null && $Object.hasOwnProperty.call(message, "wins"))
                    object.wins = message.wins;
                if (message.losses != null && $Object.hasOwnProperty.call(message, "losses"))
                    object.losses = message.losses;
                if (message.undecided != null && $Object.hasOwnProperty.call(message, "undecided"))
                    object.undecided = message.undecided;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                if (message.timeUnixMs != null && $Object.hasOwnProperty.call(message, "timeUnixMs"))
                    object.timeUnixMs = options.json && !$isFinite(message.timeUnixMs) ? $String(message.timeUnixMs) : message.timeUnixMs;
                return object;
            };

            /**
             * Converts this Advice to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Advice
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Advice.prototype.toJSON = function() {
                return Advice.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Advice;
        })();

        /**
         * PreferenceSource enum.
         * @name anchorage.v1.PreferenceSource
         * @enum {number}
         * @property {number} PREFERENCE_SOURCE_UNSPECIFIED=0 PREFERENCE_SOURCE_UNSPECIFIED value
         * @property {number} PREFERENCE_SOURCE_REVISION=1 PREFERENCE_SOURCE_REVISION value
         * @property {number} PREFERENCE_SOURCE_JUDGMENT=2 PREFERENCE_SOURCE_JUDGMENT value
         * @property {number} PREFERENCE_SOURCE_STRONGER=3 PREFERENCE_SOURCE_STRONGER value
         * @property {number} PREFERENCE_SOURCE_BEST_OF=4 PREFERENCE_SOURCE_BEST_OF value
         * @property {number} PREFERENCE_SOURCE_OFF_POLICY=5 PREFERENCE_SOURCE_OFF_POLICY value
         */
        v1.PreferenceSource = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "PREFERENCE_SOURCE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "PREFERENCE_SOURCE_REVISION"] = 1;
            values[valuesById[2] = "PREFERENCE_SOURCE_JUDGMENT"] = 2;
            values[valuesById[3] = "PREFERENCE_SOURCE_STRONGER"] = 3;
            values[valuesById[4] = "PREFERENCE_SOURCE_BEST_OF"] = 4;
            values[valuesById[5] = "PREFERENCE_SOURCE_OFF_POLICY"] = 5;
            return values;
        })();

        v1.CandidatePair = (function() {

            /**
             * Properties of a CandidatePair.
             * @typedef {Object} anchorage.v1.CandidatePair.$Properties
             * @property {string|null} [promptId] CandidatePair promptId
             * @property {string|null} [prompt] CandidatePair prompt
             * @property {string|null} [chosen] CandidatePair chosen
             * @property {string|null} [rejected] CandidatePair rejected
             * @property {anchorage.v1.PreferenceSource|null} [source] CandidatePair source
             * @property {string|null} [rationale] CandidatePair rationale
             * @property {number|null} [policyVersion] CandidatePair policyVersion
             * @property {string|null} [model] CandidatePair model
             * @property {string|null} [requestId] CandidatePair requestId
             * @property {anchorage.v1.FinishReason|null} [finishReason] CandidatePair finishReason
             * @property {anchorage.v1.Sampling.$Properties|null} [sampling] CandidatePair sampling
             * @property {Array.<number>|null} [chosenIds] CandidatePair chosenIds
             * @property {Array.<number>|null} [rejectedIds] CandidatePair rejectedIds
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] CandidatePair history
             * @property {anchorage.v1.Usage.$Properties|null} [usage] CandidatePair usage
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CandidatePair.
             * @memberof anchorage.v1
             * @interface ICandidatePair
             * @augments anchorage.v1.CandidatePair.$Properties
             * @deprecated Use anchorage.v1.CandidatePair.$Properties instead.
             */

            /**
             * Shape of a CandidatePair.
             * @typedef {anchorage.v1.CandidatePair.$Properties} anchorage.v1.CandidatePair.$Shape
             */

            /**
             * Constructs a new CandidatePair.
             * @memberof anchorage.v1
             * @classdesc Represents a CandidatePair.
             * @constructor
             * @param {anchorage.v1.CandidatePair.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CandidatePair = function (properties) {
                this.chosenIds = [];
                this.rejectedIds = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CandidatePair promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.promptId = "";

            /**
             * CandidatePair prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.prompt = "";

            /**
             * CandidatePair chosen.
             * @member {string} chosen
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.chosen = "";

            /**
             * CandidatePair rejected.
             * @member {string} rejected
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.rejected = "";

            /**
             * CandidatePair source.
             * @member {anchorage.v1.PreferenceSource} source
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.source = 0;

            /**
             * CandidatePair rationale.
             * @member {string} rationale
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.rationale = "";

            /**
             * CandidatePair policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.policyVersion = 0;

            /**
             * CandidatePair model.
             * @member {string} model
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.model = "";

            /**
             * CandidatePair requestId.
             * @member {string} requestId
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.requestId = "";

            /**
             * CandidatePair finishReason.
             * @member {anchorage.v1.FinishReason} finishReason
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.finishReason = 0;

            /**
             * CandidatePair sampling.
             * @member {anchorage.v1.Sampling.$Properties|null|undefined} sampling
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.sampling = null;

            /**
             * CandidatePair chosenIds.
             * @member {Array.<number>} chosenIds
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.chosenIds = $util.emptyArray;

            /**
             * CandidatePair rejectedIds.
             * @member {Array.<number>} rejectedIds
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.rejectedIds = $util.emptyArray;

            /**
             * CandidatePair history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.history = $util.emptyArray;

            /**
             * CandidatePair usage.
             * @member {anchorage.v1.Usage.$Properties|null|undefined} usage
             * @memberof anchorage.v1.CandidatePair
             * @instance
             */
            CandidatePair.prototype.usage = null;

            /**
             * Creates a new CandidatePair instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.CandidatePair
             * @static
             * @param {anchorage.v1.CandidatePair.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.CandidatePair} CandidatePair instance
             * @type {{
             *   (properties: anchorage.v1.CandidatePair.$Shape): anchorage.v1.CandidatePair & anchorage.v1.CandidatePair.$Shape;
             *   (properties?: anchorage.v1.CandidatePair.$Properties): anchorage.v1.CandidatePair;
             * }}
             */
            CandidatePair.create = function(properties) {
                return new CandidatePair(properties);
            };

            /**
             * Encodes the specified CandidatePair message. Does not implicitly {@link anchorage.v1.CandidatePair.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.CandidatePair
             * @static
             * @param {anchorage.v1.CandidatePair.$Properties} message CandidatePair message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CandidatePair.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen") && message.chosen !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.chosen);
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected") && message.rejected !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.rejected);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).int32(message.source);
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale") && message.rationale !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.rationale);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.policyVersion);
                if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.model);
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId") && message.requestId !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.requestId);
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason") && message.finishReason !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).int32(message.finishReason);
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    $root.anchorage.v1.Sampling.encode(message.sampling, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.chosenIds != null && message.chosenIds.length)
                    writer.uint32(/* id 12, wireType 2 =*/98).uint32s(message.chosenIds);
                if (message.rejectedIds != null && message.rejectedIds.length)
                    writer.uint32(/* id 13, wireType 2 =*/106).uint32s(message.rejectedIds);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    $root.anchorage.v1.Usage.encode(message.usage, writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CandidatePair message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.CandidatePair
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.CandidatePair & anchorage.v1.CandidatePair.$Shape} CandidatePair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CandidatePair.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.CandidatePair();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.chosen = value;
                            else
                                delete message.chosen;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rejected = value;
                            else
                                delete message.rejected;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.source = value;
                            else
                                delete message.source;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rationale = value;
                            else
                                delete message.rationale;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.model = value;
                            else
                                delete message.model;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.requestId = value;
                            else
                                delete message.requestId;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.finishReason = value;
                            else
                                delete message.finishReason;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.sampling = $root.anchorage.v1.Sampling.decode(reader, reader.size(), $undefined, _depth + 1, message.sampling);
                            continue;
                        }
                    case 12: {
                            if (wireType === 2) {
                                if (!(message.chosenIds && message.chosenIds.length))
                                    message.chosenIds = [];
                                reader.uint32s(message.chosenIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.chosenIds && message.chosenIds.length))
                                message.chosenIds = [];
                            message.chosenIds.push(reader.uint32());
                            continue;
                        }
                    case 13: {
                            if (wireType === 2) {
                                if (!(message.rejectedIds && message.rejectedIds.length))
                                    message.rejectedIds = [];
                                reader.uint32s(message.rejectedIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.rejectedIds && message.rejectedIds.length))
                                message.rejectedIds = [];
                            message.rejectedIds.push(reader.uint32());
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.usage = $root.anchorage.v1.Usage.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a CandidatePair message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.CandidatePair
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.CandidatePair} CandidatePair
             */
            CandidatePair.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.CandidatePair)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.CandidatePair: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.CandidatePair();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.chosen != null)
                    if (typeof object.chosen !== "string" || object.chosen.length)
                        message.chosen = $String(object.chosen);
                if (object.rejected != null)
                    if (typeof object.rejected !== "string" || object.rejected.length)
                        message.rejected = $String(object.rejected);
                if (object.source !== 0 && (typeof object.source !== "string" || $root.anchorage.v1.PreferenceSource[object.source] !== 0))
                    switch (object.source) {
                    case "PREFERENCE_SOURCE_UNSPECIFIED":
                    case 0:
                        message.source = 0;
                        break;
                    case "PREFERENCE_SOURCE_REVISION":
                    case 1:
                        message.source = 1;
                        break;
                    case "PREFERENCE_SOURCE_JUDGMENT":
                    case 2:
                        message.source = 2;
                        break;
                    case "PREFERENCE_SOURCE_STRONGER":
                    case 3:
                        message.source = 3;
                        break;
                    case "PREFERENCE_SOURCE_BEST_OF":
                    case 4:
                        message.source = 4;
                        break;
                    case "PREFERENCE_SOURCE_OFF_POLICY":
                    case 5:
                        message.source = 5;
                        break;
                    default:
                        if (typeof object.source === "number" && (object.source | 0) === object.source)
                            message.source = object.source;
                    }
                if (object.rationale != null)
                    if (typeof object.rationale !== "string" || object.rationale.length)
                        message.rationale = $String(object.rationale);
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.model != null)
                    if (typeof object.model !== "string" || object.model.length)
                        message.model = $String(object.model);
                if (object.requestId != null)
                    if (typeof object.requestId !== "string" || object.requestId.length)
                        message.requestId = $String(object.requestId);
                if (object.finishReason !== 0 && (typeof object.finishReason !== "string" || $root.anchorage.v1.FinishReason[object.finishReason] !== 0))
                    switch (object.finishReason) {
                    case "FINISH_REASON_UNSPECIFIED":
                    case 0:
                        message.finishReason = 0;
                        break;
                    case "FINISH_REASON_STOP":
                    case 1:
                        message.finishReason = 1;
                        break;
                    case "FINISH_REASON_LENGTH":
                    case 2:
                        message.finishReason = 2;
                        break;
                    default:
                        if (typeof object.finishReason === "number" && (object.finishReason | 0) === object.finishReason)
                            message.finishReason = object.finishReason;
                    }
                if (object.sampling != null) {
                    if (!$util.isObject(object.sampling))
                        throw $TypeError(".anchorage.v1.CandidatePair.sampling: object expected");
                    message.sampling = $root.anchorage.v1.Sampling.fromObject(object.sampling, _depth + 1);
                }
                if (object.chosenIds) {
                    if (!$Array.isArray(object.chosenIds))
                        throw $TypeError(".anchorage.v1.CandidatePair.chosenIds: array expected");
                    message.chosenIds = $Array(object.chosenIds.length);
                    for (let i = 0; i < object.chosenIds.length; ++i)
                        message.chosenIds[i] = object.chosenIds[i] >>> 0;
                }
                if (object.rejectedIds) {
                    if (!$Array.isArray(object.rejectedIds))
                        throw $TypeError(".anchorage.v1.CandidatePair.rejectedIds: array expected");
                    message.rejectedIds = $Array(object.rejectedIds.length);
                    for (let i = 0; i < object.rejectedIds.length; ++i)
                        message.rejectedIds[i] = object.rejectedIds[i] >>> 0;
                }
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.CandidatePair.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.CandidatePair.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.usage != null) {
                    if (!$util.isObject(object.usage))
                        throw $TypeError(".anchorage.v1.CandidatePair.usage: object expected");
                    message.usage = $root.anchorage.v1.Usage.fromObject(object.usage, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a CandidatePair message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.CandidatePair
             * @static
             * @param {anchorage.v1.CandidatePair} message CandidatePair
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            CandidatePair.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.chosenIds = [];
                    object.rejectedIds = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.chosen = "";
                    object.rejected = "";
                    object.source = options.enums === $String ? "PREFERENCE_SOURCE_UNSPECIFIED" : 0;
                    object.rationale = "";
                    object.policyVersion = 0;
                    object.model = "";
                    object.requestId = "";
                    object.finishReason = options.enums === $String ? "FINISH_REASON_UNSPECIFIED" : 0;
                    object.sampling = null;
                    object.usage = null;
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen"))
                    object.chosen = message.chosen;
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected"))
                    object.rejected = message.rejected;
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    object.source = options.enums === $String ? $root.anchorage.v1.PreferenceSource[message.source] === $undefined ? message.source : $root.anchorage.v1.PreferenceSource[message.source] : message.source;
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale"))
                    object.rationale = message.rationale;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                if (message.requestId != null && $Object.hasOwnProperty.call(message, "requestId"))
                    object.requestId = message.requestId;
                if (message.finishReason != null && $Object.hasOwnProperty.call(message, "finishReason"))
                    object.finishReason = options.enums === $String ? $root.anchorage.v1.FinishReason[message.finishReason] === $undefined ? message.finishReason : $root.anchorage.v1.FinishReason[message.finishReason] : message.finishReason;
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    object.sampling = $root.anchorage.v1.Sampling.toObject(message.sampling, options, _depth + 1);
                if (message.chosenIds && message.chosenIds.length) {
                    object.chosenIds = $Array(message.chosenIds.length);
                    for (let j = 0; j < message.chosenIds.length; ++j)
                        object.chosenIds[j] = message.chosenIds[j];
                }
                if (message.rejectedIds && message.rejectedIds.length) {
                    object.rejectedIds = $Array(message.rejectedIds.length);
                    for (let j = 0; j < message.rejectedIds.length; ++j)
                        object.rejectedIds[j] = message.rejectedIds[j];
                }
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    object.usage = $root.anchorage.v1.Usage.toObject(message.usage, options, _depth + 1);
                return object;
            };

            /**
             * Converts this CandidatePair to JSON.
             * @function toJSON
             * @memberof anchorage.v1.CandidatePair
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            CandidatePair.prototype.toJSON = function() {
                return CandidatePair.toObject(this, $protobuf.util.toJSONOptions);
            };

            return CandidatePair;
        })();

        v1.PreferencePair = (function() {

            /**
             * Properties of a PreferencePair.
             * @typedef {Object} anchorage.v1.PreferencePair.$Properties
             * @property {string|null} [promptId] PreferencePair promptId
             * @property {string|null} [prompt] PreferencePair prompt
             * @property {string|null} [chosen] PreferencePair chosen
             * @property {string|null} [rejected] PreferencePair rejected
             * @property {anchorage.v1.PreferenceSource|null} [source] PreferencePair source
             * @property {number|null} [policyVersion] PreferencePair policyVersion
             * @property {number|null} [referenceChosenLogps] PreferencePair referenceChosenLogps
             * @property {number|null} [referenceRejectedLogps] PreferencePair referenceRejectedLogps
             * @property {anchorage.v1.Sampling.$Properties|null} [sampling] PreferencePair sampling
             * @property {number|null} [readyUnixMs] PreferencePair readyUnixMs
             * @property {Array.<number>|null} [promptIds] PreferencePair promptIds
             * @property {Array.<number>|null} [chosenIds] PreferencePair chosenIds
             * @property {Array.<number>|null} [rejectedIds] PreferencePair rejectedIds
             * @property {string|null} [rationale] PreferencePair rationale
             * @property {string|null} [model] PreferencePair model
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] PreferencePair history
             * @property {anchorage.v1.Usage.$Properties|null} [usage] PreferencePair usage
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PreferencePair.
             * @memberof anchorage.v1
             * @interface IPreferencePair
             * @augments anchorage.v1.PreferencePair.$Properties
             * @deprecated Use anchorage.v1.PreferencePair.$Properties instead.
             */

            /**
             * Shape of a PreferencePair.
             * @typedef {anchorage.v1.PreferencePair.$Properties} anchorage.v1.PreferencePair.$Shape
             */

            /**
             * Constructs a new PreferencePair.
             * @memberof anchorage.v1
             * @classdesc Represents a PreferencePair.
             * @constructor
             * @param {anchorage.v1.PreferencePair.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PreferencePair = function (properties) {
                this.promptIds = [];
                this.chosenIds = [];
                this.rejectedIds = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PreferencePair promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.promptId = "";

            /**
             * PreferencePair prompt.
             * @member {string} prompt
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.prompt = "";

            /**
             * PreferencePair chosen.
             * @member {string} chosen
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.chosen = "";

            /**
             * PreferencePair rejected.
             * @member {string} rejected
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.rejected = "";

            /**
             * PreferencePair source.
             * @member {anchorage.v1.PreferenceSource} source
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.source = 0;

            /**
             * PreferencePair policyVersion.
             * @member {number} policyVersion
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.policyVersion = 0;

            /**
             * PreferencePair referenceChosenLogps.
             * @member {number} referenceChosenLogps
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.referenceChosenLogps = 0;

            /**
             * PreferencePair referenceRejectedLogps.
             * @member {number} referenceRejectedLogps
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.referenceRejectedLogps = 0;

            /**
             * PreferencePair sampling.
             * @member {anchorage.v1.Sampling.$Properties|null|undefined} sampling
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.sampling = null;

            /**
             * PreferencePair readyUnixMs.
             * @member {number|null|undefined} readyUnixMs
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.readyUnixMs = null;

            /**
             * PreferencePair promptIds.
             * @member {Array.<number>} promptIds
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.promptIds = $util.emptyArray;

            /**
             * PreferencePair chosenIds.
             * @member {Array.<number>} chosenIds
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.chosenIds = $util.emptyArray;

            /**
             * PreferencePair rejectedIds.
             * @member {Array.<number>} rejectedIds
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.rejectedIds = $util.emptyArray;

            /**
             * PreferencePair rationale.
             * @member {string|null|undefined} rationale
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.rationale = null;

            /**
             * PreferencePair model.
             * @member {string|null|undefined} model
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.model = null;

            /**
             * PreferencePair history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.history = $util.emptyArray;

            /**
             * PreferencePair usage.
             * @member {anchorage.v1.Usage.$Properties|null|undefined} usage
             * @memberof anchorage.v1.PreferencePair
             * @instance
             */
            PreferencePair.prototype.usage = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(PreferencePair.prototype, "_readyUnixMs", {
                get: $util.oneOfGetter($oneOfFields = ["readyUnixMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(PreferencePair.prototype, "_rationale", {
                get: $util.oneOfGetter($oneOfFields = ["rationale"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(PreferencePair.prototype, "_model", {
                get: $util.oneOfGetter($oneOfFields = ["model"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new PreferencePair instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.PreferencePair
             * @static
             * @param {anchorage.v1.PreferencePair.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.PreferencePair} PreferencePair instance
             * @type {{
             *   (properties: anchorage.v1.PreferencePair.$Shape): anchorage.v1.PreferencePair & anchorage.v1.PreferencePair.$Shape;
             *   (properties?: anchorage.v1.PreferencePair.$Properties): anchorage.v1.PreferencePair;
             * }}
             */
            PreferencePair.create = function(properties) {
                return new PreferencePair(properties);
            };

            /**
             * Encodes the specified PreferencePair message. Does not implicitly {@link anchorage.v1.PreferencePair.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.PreferencePair
             * @static
             * @param {anchorage.v1.PreferencePair.$Properties} message PreferencePair message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PreferencePair.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt") && message.prompt !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.prompt);
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen") && message.chosen !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.chosen);
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected") && message.rejected !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.rejected);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).int32(message.source);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.policyVersion);
                if (message.referenceChosenLogps != null && $Object.hasOwnProperty.call(message, "referenceChosenLogps") && !$Object.is(message.referenceChosenLogps, 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).double(message.referenceChosenLogps);
                if (message.referenceRejectedLogps != null && $Object.hasOwnProperty.call(message, "referenceRejectedLogps") && !$Object.is(message.referenceRejectedLogps, 0))
                    writer.uint32(/* id 8, wireType 1 =*/65).double(message.referenceRejectedLogps);
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    $root.anchorage.v1.Sampling.encode(message.sampling, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.readyUnixMs != null && $Object.hasOwnProperty.call(message, "readyUnixMs"))
                    writer.uint32(/* id 12, wireType 1 =*/97).double(message.readyUnixMs);
                if (message.promptIds != null && message.promptIds.length)
                    writer.uint32(/* id 13, wireType 2 =*/106).uint32s(message.promptIds);
                if (message.chosenIds != null && message.chosenIds.length)
                    writer.uint32(/* id 14, wireType 2 =*/114).uint32s(message.chosenIds);
                if (message.rejectedIds != null && message.rejectedIds.length)
                    writer.uint32(/* id 15, wireType 2 =*/122).uint32s(message.rejectedIds);
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale"))
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.rationale);
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    writer.uint32(/* id 17, wireType 2 =*/138).string(message.model);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    $root.anchorage.v1.Usage.encode(message.usage, writer.uint32(/* id 19, wireType 2 =*/154).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PreferencePair message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.PreferencePair
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.PreferencePair & anchorage.v1.PreferencePair.$Shape} PreferencePair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PreferencePair.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.PreferencePair();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.prompt = value;
                            else
                                delete message.prompt;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.chosen = value;
                            else
                                delete message.chosen;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rejected = value;
                            else
                                delete message.rejected;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.source = value;
                            else
                                delete message.source;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.referenceChosenLogps = value;
                            else
                                delete message.referenceChosenLogps;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.referenceRejectedLogps = value;
                            else
                                delete message.referenceRejectedLogps;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.sampling = $root.anchorage.v1.Sampling.decode(reader, reader.size(), $undefined, _depth + 1, message.sampling);
                            continue;
                        }
                    case 12: {
                            if (wireType !== 1)
                                break;
                            message.readyUnixMs = reader.double();
                            message._readyUnixMs = "readyUnixMs";
                            continue;
                        }
                    case 13: {
                            if (wireType === 2) {
                                if (!(message.promptIds && message.promptIds.length))
                                    message.promptIds = [];
                                reader.uint32s(message.promptIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.promptIds && message.promptIds.length))
                                message.promptIds = [];
                            message.promptIds.push(reader.uint32());
                            continue;
                        }
                    case 14: {
                            if (wireType === 2) {
                                if (!(message.chosenIds && message.chosenIds.length))
                                    message.chosenIds = [];
                                reader.uint32s(message.chosenIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.chosenIds && message.chosenIds.length))
                                message.chosenIds = [];
                            message.chosenIds.push(reader.uint32());
                            continue;
                        }
                    case 15: {
                            if (wireType === 2) {
                                if (!(message.rejectedIds && message.rejectedIds.length))
                                    message.rejectedIds = [];
                                reader.uint32s(message.rejectedIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.rejectedIds && message.rejectedIds.length))
                                message.rejectedIds = [];
                            message.rejectedIds.push(reader.uint32());
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.rationale = reader.stringVerify();
                            message._rationale = "rationale";
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            message.model = reader.stringVerify();
                            message._model = "model";
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.usage = $root.anchorage.v1.Usage.decode(reader, reader.size(), $undefined, _depth + 1, message.usage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PreferencePair message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.PreferencePair
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.PreferencePair} PreferencePair
             */
            PreferencePair.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.PreferencePair)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.PreferencePair: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.PreferencePair();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.prompt != null)
                    if (typeof object.prompt !== "string" || object.prompt.length)
                        message.prompt = $String(object.prompt);
                if (object.chosen != null)
                    if (typeof object.chosen !== "string" || object.chosen.length)
                        message.chosen = $String(object.chosen);
                if (object.rejected != null)
                    if (typeof object.rejected !== "string" || object.rejected.length)
                        message.rejected = $String(object.rejected);
                if (object.source !== 0 && (typeof object.source !== "string" || $root.anchorage.v1.PreferenceSource[object.source] !== 0))
                    switch (object.source) {
                    case "PREFERENCE_SOURCE_UNSPECIFIED":
                    case 0:
                        message.source = 0;
                        break;
                    case "PREFERENCE_SOURCE_REVISION":
                    case 1:
                        message.source = 1;
                        break;
                    case "PREFERENCE_SOURCE_JUDGMENT":
                    case 2:
                        message.source = 2;
                        break;
                    case "PREFERENCE_SOURCE_STRONGER":
                    case 3:
                        message.source = 3;
                        break;
                    case "PREFERENCE_SOURCE_BEST_OF":
                    case 4:
                        message.source = 4;
                        break;
                    case "PREFERENCE_SOURCE_OFF_POLICY":
                    case 5:
                        message.source = 5;
                        break;
                    default:
                        if (typeof object.source === "number" && (object.source | 0) === object.source)
                            message.source = object.source;
                    }
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.referenceChosenLogps != null)
                    if (!$Object.is($Number(object.referenceChosenLogps), 0))
                        message.referenceChosenLogps = $Number(object.referenceChosenLogps);
                if (object.referenceRejectedLogps != null)
                    if (!$Object.is($Number(object.referenceRejectedLogps), 0))
                        message.referenceRejectedLogps = $Number(object.referenceRejectedLogps);
                if (object.sampling != null) {
                    if (!$util.isObject(object.sampling))
                        throw $TypeError(".anchorage.v1.PreferencePair.sampling: object expected");
                    message.sampling = $root.anchorage.v1.Sampling.fromObject(object.sampling, _depth + 1);
                }
                if (object.readyUnixMs != null)
                    message.readyUnixMs = $Number(object.readyUnixMs);
                if (object.promptIds) {
                    if (!$Array.isArray(object.promptIds))
                        throw $TypeError(".anchorage.v1.PreferencePair.promptIds: array expected");
                    message.promptIds = $Array(object.promptIds.length);
                    for (let i = 0; i < object.promptIds.length; ++i)
                        message.promptIds[i] = object.promptIds[i] >>> 0;
                }
                if (object.chosenIds) {
                    if (!$Array.isArray(object.chosenIds))
                        throw $TypeError(".anchorage.v1.PreferencePair.chosenIds: array expected");
                    message.chosenIds = $Array(object.chosenIds.length);
                    for (let i = 0; i < object.chosenIds.length; ++i)
                        message.chosenIds[i] = object.chosenIds[i] >>> 0;
                }
                if (object.rejectedIds) {
                    if (!$Array.isArray(object.rejectedIds))
                        throw $TypeError(".anchorage.v1.PreferencePair.rejectedIds: array expected");
                    message.rejectedIds = $Array(object.rejectedIds.length);
                    for (let i = 0; i < object.rejectedIds.length; ++i)
                        message.rejectedIds[i] = object.rejectedIds[i] >>> 0;
                }
                if (object.rationale != null)
                    message.rationale = $String(object.rationale);
                if (object.model != null)
                    message.model = $String(object.model);
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.PreferencePair.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.PreferencePair.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                if (object.usage != null) {
                    if (!$util.isObject(object.usage))
                        throw $TypeError(".anchorage.v1.PreferencePair.usage: object expected");
                    message.usage = $root.anchorage.v1.Usage.fromObject(object.usage, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a PreferencePair message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.PreferencePair
             * @static
             * @param {anchorage.v1.PreferencePair} message PreferencePair
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PreferencePair.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.promptIds = [];
                    object.chosenIds = [];
                    object.rejectedIds = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.prompt = "";
                    object.chosen = "";
                    object.rejected = "";
                    object.source = options.enums === $String ? "PREFERENCE_SOURCE_UNSPECIFIED" : 0;
                    object.policyVersion = 0;
                    object.referenceChosenLogps = 0;
                    object.referenceRejectedLogps = 0;
                    object.sampling = null;
                    object.usage = null;
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.chosen != null && $Object.hasOwnProperty.call(message, "chosen"))
                    object.chosen = message.chosen;
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected"))
                    object.rejected = message.rejected;
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    object.source = options.enums === $String ? $root.anchorage.v1.PreferenceSource[message.source] === $undefined ? message.source : $root.anchorage.v1.PreferenceSource[message.source] : message.source;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.referenceChosenLogps != null && $Object.hasOwnProperty.call(message, "referenceChosenLogps"))
                    object.referenceChosenLogps = options.json && !$isFinite(message.referenceChosenLogps) ? $String(message.referenceChosenLogps) : message.referenceChosenLogps;
                if (message.referenceRejectedLogps != null && $Object.hasOwnProperty.call(message, "referenceRejectedLogps"))
                    object.referenceRejectedLogps = options.json && !$isFinite(message.referenceRejectedLogps) ? $String(message.referenceRejectedLogps) : message.referenceRejectedLogps;
                if (message.sampling != null && $Object.hasOwnProperty.call(message, "sampling"))
                    object.sampling = $root.anchorage.v1.Sampling.toObject(message.sampling, options, _depth + 1);
                if (message.readyUnixMs != null && $Object.hasOwnProperty.call(message, "readyUnixMs"))
                    object.readyUnixMs = options.json && !$isFinite(message.readyUnixMs) ? $String(message.readyUnixMs) : message.readyUnixMs;
                if (message.promptIds && message.promptIds.length) {
                    object.promptIds = $Array(message.promptIds.length);
                    for (let j = 0; j < message.promptIds.length; ++j)
                        object.promptIds[j] = message.promptIds[j];
                }
                if (message.chosenIds && message.chosenIds.length) {
                    object.chosenIds = $Array(message.chosenIds.length);
                    for (let j = 0; j < message.chosenIds.length; ++j)
                        object.chosenIds[j] = message.chosenIds[j];
                }
                if (message.rejectedIds && message.rejectedIds.length) {
                    object.rejectedIds = $Array(message.rejectedIds.length);
                    for (let j = 0; j < message.rejectedIds.length; ++j)
                        object.rejectedIds[j] = message.rejectedIds[j];
                }
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale"))
                    object.rationale = message.rationale;
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                if (message.usage != null && $Object.hasOwnProperty.call(message, "usage"))
                    object.usage = $root.anchorage.v1.Usage.toObject(message.usage, options, _depth + 1);
                return object;
            };

            /**
             * Converts this PreferencePair to JSON.
             * @function toJSON
             * @memberof anchorage.v1.PreferencePair
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PreferencePair.prototype.toJSON = function() {
                return PreferencePair.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PreferencePair;
        })();

        /**
         * RejectionReason enum.
         * @name anchorage.v1.RejectionReason
         * @enum {number}
         * @property {number} REJECTION_REASON_UNSPECIFIED=0 REJECTION_REASON_UNSPECIFIED value
         * @property {number} REJECTION_REASON_FORMAT=1 REJECTION_REASON_FORMAT value
         * @property {number} REJECTION_REASON_LENGTH=2 REJECTION_REASON_LENGTH value
         * @property {number} REJECTION_REASON_UNCHANGED=3 REJECTION_REASON_UNCHANGED value
         * @property {number} REJECTION_REASON_EMPTY=4 REJECTION_REASON_EMPTY value
         * @property {number} REJECTION_REASON_TRUNCATED=5 REJECTION_REASON_TRUNCATED value
         * @property {number} REJECTION_REASON_ENDPOINT=6 REJECTION_REASON_ENDPOINT value
         * @property {number} REJECTION_REASON_UNREADABLE=7 REJECTION_REASON_UNREADABLE value
         * @property {number} REJECTION_REASON_STALE=8 REJECTION_REASON_STALE value
         * @property {number} REJECTION_REASON_TOO_LARGE=9 REJECTION_REASON_TOO_LARGE value
         * @property {number} REJECTION_REASON_TIE=10 REJECTION_REASON_TIE value
         * @property {number} REJECTION_REASON_DISAGREEMENT=11 REJECTION_REASON_DISAGREEMENT value
         * @property {number} REJECTION_REASON_NEAR_DUPLICATE=12 REJECTION_REASON_NEAR_DUPLICATE value
         * @property {number} REJECTION_REASON_ALLUSION=13 REJECTION_REASON_ALLUSION value
         * @property {number} REJECTION_REASON_LANGUAGE=14 REJECTION_REASON_LANGUAGE value
         * @property {number} REJECTION_REASON_TOO_LONG=15 REJECTION_REASON_TOO_LONG value
         * @property {number} REJECTION_REASON_OWN_FILTER=16 REJECTION_REASON_OWN_FILTER value
         */
        v1.RejectionReason = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "REJECTION_REASON_UNSPECIFIED"] = 0;
            values[valuesById[1] = "REJECTION_REASON_FORMAT"] = 1;
            values[valuesById[2] = "REJECTION_REASON_LENGTH"] = 2;
            values[valuesById[3] = "REJECTION_REASON_UNCHANGED"] = 3;
            values[valuesById[4] = "REJECTION_REASON_EMPTY"] = 4;
            values[valuesById[5] = "REJECTION_REASON_TRUNCATED"] = 5;
            values[valuesById[6] = "REJECTION_REASON_ENDPOINT"] = 6;
            values[valuesById[7] = "REJECTION_REASON_UNREADABLE"] = 7;
            values[valuesById[8] = "REJECTION_REASON_STALE"] = 8;
            values[valuesById[9] = "REJECTION_REASON_TOO_LARGE"] = 9;
            values[valuesById[10] = "REJECTION_REASON_TIE"] = 10;
            values[valuesById[11] = "REJECTION_REASON_DISAGREEMENT"] = 11;
            values[valuesById[12] = "REJECTION_REASON_NEAR_DUPLICATE"] = 12;
            values[valuesById[13] = "REJECTION_REASON_ALLUSION"] = 13;
            values[valuesById[14] = "REJECTION_REASON_LANGUAGE"] = 14;
            values[valuesById[15] = "REJECTION_REASON_TOO_LONG"] = 15;
            values[valuesById[16] = "REJECTION_REASON_OWN_FILTER"] = 16;
            return values;
        })();

        v1.Rejection = (function() {

            /**
             * Properties of a Rejection.
             * @typedef {Object} anchorage.v1.Rejection.$Properties
             * @property {string|null} [promptId] Rejection promptId
             * @property {string|null} [actor] Rejection actor
             * @property {anchorage.v1.RejectionReason|null} [reason] Rejection reason
             * @property {string|null} [detail] Rejection detail
             * @property {string|null} [channel] Rejection channel
             * @property {string|null} [prompt] Rejection prompt
             * @property {Array.<string>|null} [completions] Rejection completions
             * @property {string|null} [reply] Rejection reply
             * @property {boolean|null} [truncated] Rejection truncated
             * @property {Array.<anchorage.v1.Turn.$Properties>|null} [history] Rejection history
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Rejection.
             * @memberof anchorage.v1
             * @interface IRejection
             * @augments anchorage.v1.Rejection.$Properties
             * @deprecated Use anchorage.v1.Rejection.$Properties instead.
             */

            /**
             * Shape of a Rejection.
             * @typedef {anchorage.v1.Rejection.$Properties} anchorage.v1.Rejection.$Shape
             */

            /**
             * Constructs a new Rejection.
             * @memberof anchorage.v1
             * @classdesc Represents a Rejection.
             * @constructor
             * @param {anchorage.v1.Rejection.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Rejection = function (properties) {
                this.completions = [];
                this.history = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Rejection promptId.
             * @member {string} promptId
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.promptId = "";

            /**
             * Rejection actor.
             * @member {string} actor
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.actor = "";

            /**
             * Rejection reason.
             * @member {anchorage.v1.RejectionReason} reason
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.reason = 0;

            /**
             * Rejection detail.
             * @member {string} detail
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.detail = "";

            /**
             * Rejection channel.
             * @member {string|null|undefined} channel
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.channel = null;

            /**
             * Rejection prompt.
             * @member {string|null|undefined} prompt
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.prompt = null;

            /**
             * Rejection completions.
             * @member {Array.<string>} completions
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.completions = $util.emptyArray;

            /**
             * Rejection reply.
             * @member {string|null|undefined} reply
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.reply = null;

            /**
             * Rejection truncated.
             * @member {boolean|null|undefined} truncated
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.truncated = null;

            /**
             * Rejection history.
             * @member {Array.<anchorage.v1.Turn.$Properties>} history
             * @memberof anchorage.v1.Rejection
             * @instance
             */
            Rejection.prototype.history = $util.emptyArray;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Rejection.prototype, "_channel", {
                get: $util.oneOfGetter($oneOfFields = ["channel"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Rejection.prototype, "_prompt", {
                get: $util.oneOfGetter($oneOfFields = ["prompt"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Rejection.prototype, "_reply", {
                get: $util.oneOfGetter($oneOfFields = ["reply"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Rejection.prototype, "_truncated", {
                get: $util.oneOfGetter($oneOfFields = ["truncated"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Creates a new Rejection instance using the specified properties.
             * @function create
             * @memberof anchorage.v1.Rejection
             * @static
             * @param {anchorage.v1.Rejection.$Properties=} [properties] Properties to set
             * @returns {anchorage.v1.Rejection} Rejection instance
             * @type {{
             *   (properties: anchorage.v1.Rejection.$Shape): anchorage.v1.Rejection & anchorage.v1.Rejection.$Shape;
             *   (properties?: anchorage.v1.Rejection.$Properties): anchorage.v1.Rejection;
             * }}
             */
            Rejection.create = function(properties) {
                return new Rejection(properties);
            };

            /**
             * Encodes the specified Rejection message. Does not implicitly {@link anchorage.v1.Rejection.verify|verify} messages.
             * @function encode
             * @memberof anchorage.v1.Rejection
             * @static
             * @param {anchorage.v1.Rejection.$Properties} message Rejection message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Rejection.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId") && message.promptId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.promptId);
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor") && message.actor !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.actor);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).int32(message.reason);
                if (message.detail != null && $Object.hasOwnProperty.call(message, "detail") && message.detail !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.detail);
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel"))
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.channel);
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.prompt);
                if (message.completions != null && message.completions.length)
                    for (let i = 0; i < message.completions.length; ++i)
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.completions[i]);
                if (message.reply != null && $Object.hasOwnProperty.call(message, "reply"))
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.reply);
                if (message.truncated != null && $Object.hasOwnProperty.call(message, "truncated"))
                    writer.uint32(/* id 9, wireType 0 =*/72).bool(message.truncated);
                if (message.history != null && message.history.length)
                    for (let i = 0; i < message.history.length; ++i)
                        $root.anchorage.v1.Turn.encode(message.history[i], writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Rejection message from the specified reader or buffer.
             * @function decode
             * @memberof anchorage.v1.Rejection
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {anchorage.v1.Rejection & anchorage.v1.Rejection.$Shape} Rejection
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Rejection.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.anchorage.v1.Rejection();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.promptId = value;
                            else
                                delete message.promptId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.actor = value;
                            else
                                delete message.actor;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.detail = value;
                            else
                                delete message.detail;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.channel = reader.stringVerify();
                            message._channel = "channel";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.prompt = reader.stringVerify();
                            message._prompt = "prompt";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.completions && message.completions.length))
                                message.completions = [];
                            message.completions.push(reader.stringVerify());
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.reply = reader.stringVerify();
                            message._reply = "reply";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.truncated = reader.bool();
                            message._truncated = "truncated";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.history && message.history.length))
                                message.history = [];
                            message.history.push($root.anchorage.v1.Turn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Rejection message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof anchorage.v1.Rejection
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {anchorage.v1.Rejection} Rejection
             */
            Rejection.fromObject = function (object, _depth) {
                if (object instanceof $root.anchorage.v1.Rejection)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".anchorage.v1.Rejection: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.anchorage.v1.Rejection();
                if (object.promptId != null)
                    if (typeof object.promptId !== "string" || object.promptId.length)
                        message.promptId = $String(object.promptId);
                if (object.actor != null)
                    if (typeof object.actor !== "string" || object.actor.length)
                        message.actor = $String(object.actor);
                if (object.reason !== 0 && (typeof object.reason !== "string" || $root.anchorage.v1.RejectionReason[object.reason] !== 0))
                    switch (object.reason) {
                    case "REJECTION_REASON_UNSPECIFIED":
                    case 0:
                        message.reason = 0;
                        break;
                    case "REJECTION_REASON_FORMAT":
                    case 1:
                        message.reason = 1;
                        break;
                    case "REJECTION_REASON_LENGTH":
                    case 2:
                        message.reason = 2;
                        break;
                    case "REJECTION_REASON_UNCHANGED":
                    case 3:
                        message.reason = 3;
                        break;
                    case "REJECTION_REASON_EMPTY":
                    case 4:
                        message.reason = 4;
                        break;
                    case "REJECTION_REASON_TRUNCATED":
                    case 5:
                        message.reason = 5;
                        break;
                    case "REJECTION_REASON_ENDPOINT":
                    case 6:
                        message.reason = 6;
                        break;
                    case "REJECTION_REASON_UNREADABLE":
                    case 7:
                        message.reason = 7;
                        break;
                    case "REJECTION_REASON_STALE":
                    case 8:
                        message.reason = 8;
                        break;
                    case "REJECTION_REASON_TOO_LARGE":
                    case 9:
                        message.reason = 9;
                        break;
                    case "REJECTION_REASON_TIE":
                    case 10:
                        message.reason = 10;
                        break;
                    case "REJECTION_REASON_DISAGREEMENT":
                    case 11:
                        message.reason = 11;
                        break;
                    case "REJECTION_REASON_NEAR_DUPLICATE":
                    case 12:
                        message.reason = 12;
                        break;
                    case "REJECTION_REASON_ALLUSION":
                    case 13:
                        message.reason = 13;
                        break;
                    case "REJECTION_REASON_LANGUAGE":
                    case 14:
                        message.reason = 14;
                        break;
                    case "REJECTION_REASON_TOO_LONG":
                    case 15:
                        message.reason = 15;
                        break;
                    case "REJECTION_REASON_OWN_FILTER":
                    case 16:
                        message.reason = 16;
                        break;
                    default:
                        if (typeof object.reason === "number" && (object.reason | 0) === object.reason)
                            message.reason = object.reason;
                    }
                if (object.detail != null)
                    if (typeof object.detail !== "string" || object.detail.length)
                        message.detail = $String(object.detail);
                if (object.channel != null)
                    message.channel = $String(object.channel);
                if (object.prompt != null)
                    message.prompt = $String(object.prompt);
                if (object.completions) {
                    if (!$Array.isArray(object.completions))
                        throw $TypeError(".anchorage.v1.Rejection.completions: array expected");
                    message.completions = $Array(object.completions.length);
                    for (let i = 0; i < object.completions.length; ++i)
                        message.completions[i] = $String(object.completions[i]);
                }
                if (object.reply != null)
                    message.reply = $String(object.reply);
                if (object.truncated != null)
                    message.truncated = $Boolean(object.truncated);
                if (object.history) {
                    if (!$Array.isArray(object.history))
                        throw $TypeError(".anchorage.v1.Rejection.history: array expected");
                    message.history = $Array(object.history.length);
                    for (let i = 0; i < object.history.length; ++i) {
                        if (!$util.isObject(object.history[i]))
                            throw $TypeError(".anchorage.v1.Rejection.history: object expected");
                        message.history[i] = $root.anchorage.v1.Turn.fromObject(object.history[i], _depth + 1);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from a Rejection message. Also converts values to other types if specified.
             * @function toObject
             * @memberof anchorage.v1.Rejection
             * @static
             * @param {anchorage.v1.Rejection} message Rejection
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Rejection.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.completions = [];
                    object.history = [];
                }
                if (options.defaults) {
                    object.promptId = "";
                    object.actor = "";
                    object.reason = options.enums === $String ? "REJECTION_REASON_UNSPECIFIED" : 0;
                    object.detail = "";
                }
                if (message.promptId != null && $Object.hasOwnProperty.call(message, "promptId"))
                    object.promptId = message.promptId;
                if (message.actor != null && $Object.hasOwnProperty.call(message, "actor"))
                    object.actor = message.actor;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = options.enums === $String ? $root.anchorage.v1.RejectionReason[message.reason] === $undefined ? message.reason : $root.anchorage.v1.RejectionReason[message.reason] : message.reason;
                if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                    object.detail = message.detail;
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel"))
                    object.channel = message.channel;
                if (message.prompt != null && $Object.hasOwnProperty.call(message, "prompt"))
                    object.prompt = message.prompt;
                if (message.completions && message.completions.length) {
                    object.completions = $Array(message.completions.length);
                    for (let j = 0; j < message.completions.length; ++j)
                        object.completions[j] = message.completions[j];
                }
                if (message.reply != null && $Object.hasOwnProperty.call(message, "reply"))
                    object.reply = message.reply;
                if (message.truncated != null && $Object.hasOwnProperty.call(message, "truncated"))
                    object.truncated = message.truncated;
                if (message.history && message.history.length) {
                    object.history = $Array(message.history.length);
                    for (let j = 0; j < message.history.length; ++j)
                        object.history[j] = $root.anchorage.v1.Turn.toObject(message.history[j], options, _depth + 1);
                }
                return object;
            };

            /**
             * Converts this Rejection to JSON.
             * @function toJSON
             * @memberof anchorage.v1.Rejection
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Rejection.prototype.toJSON = function() {
                return Rejection.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Rejection;
        })();

        return v1;
    })();

    return anchorage;
})();

export {
  $root as default
};
