import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace anchorage. */
export namespace anchorage {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a RunSpec.
         * @deprecated Use anchorage.v1.RunSpec.$Properties instead.
         */
        interface IRunSpec extends anchorage.v1.RunSpec.$Properties {
        }

        /** Represents a RunSpec. */
        class RunSpec {

            /**
             * Constructs a new RunSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.RunSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunSpec objective. */
            objective?: (anchorage.v1.ObjectiveSpec.$Properties|null);

            /** RunSpec policy. */
            policy?: (anchorage.v1.PolicySpec.$Properties|null);

            /** RunSpec filter. */
            filter?: (anchorage.v1.FilterSpec.$Properties|null);

            /** RunSpec reviser. */
            reviser?: (anchorage.v1.ReviserSpec.$Properties|null);

            /** RunSpec spend. */
            spend?: (anchorage.v1.SpendSpec.$Properties|null);

            /** RunSpec judge. */
            judge?: (anchorage.v1.JudgeSpec.$Properties|null);

            /** RunSpec answerer. */
            answerer?: (anchorage.v1.AnswererSpec.$Properties|null);

            /** RunSpec sampler. */
            sampler?: (anchorage.v1.SamplerSpec.$Properties|null);

            /**
             * Creates a new RunSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RunSpec instance
             */
            static create(properties: anchorage.v1.RunSpec.$Shape): anchorage.v1.RunSpec & anchorage.v1.RunSpec.$Shape;
            static create(properties?: anchorage.v1.RunSpec.$Properties): anchorage.v1.RunSpec;

            /**
             * Encodes the specified RunSpec message. Does not implicitly {@link anchorage.v1.RunSpec.verify|verify} messages.
             * @param message RunSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.RunSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.RunSpec & anchorage.v1.RunSpec.$Shape} RunSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.RunSpec & anchorage.v1.RunSpec.$Shape;

            /**
             * Creates a RunSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns RunSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.RunSpec;

            /**
             * Creates a plain object from a RunSpec message. Also converts values to other types if specified.
             * @param message RunSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.RunSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this RunSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace RunSpec {

            /** Properties of a RunSpec. */
            interface $Properties {

                /** RunSpec objective */
                objective?: (anchorage.v1.ObjectiveSpec.$Properties|null);

                /** RunSpec policy */
                policy?: (anchorage.v1.PolicySpec.$Properties|null);

                /** RunSpec filter */
                filter?: (anchorage.v1.FilterSpec.$Properties|null);

                /** RunSpec reviser */
                reviser?: (anchorage.v1.ReviserSpec.$Properties|null);

                /** RunSpec spend */
                spend?: (anchorage.v1.SpendSpec.$Properties|null);

                /** RunSpec judge */
                judge?: (anchorage.v1.JudgeSpec.$Properties|null);

                /** RunSpec answerer */
                answerer?: (anchorage.v1.AnswererSpec.$Properties|null);

                /** RunSpec sampler */
                sampler?: (anchorage.v1.SamplerSpec.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunSpec. */
            type $Shape = anchorage.v1.RunSpec.$Properties;
        }

        /**
         * Properties of a PolicySpec.
         * @deprecated Use anchorage.v1.PolicySpec.$Properties instead.
         */
        interface IPolicySpec extends anchorage.v1.PolicySpec.$Properties {
        }

        /** Represents a PolicySpec. */
        class PolicySpec {

            /**
             * Constructs a new PolicySpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.PolicySpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PolicySpec temperature. */
            temperature: number;

            /** PolicySpec topP. */
            topP: number;

            /** PolicySpec topK. */
            topK: number;

            /**
             * Creates a new PolicySpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PolicySpec instance
             */
            static create(properties: anchorage.v1.PolicySpec.$Shape): anchorage.v1.PolicySpec & anchorage.v1.PolicySpec.$Shape;
            static create(properties?: anchorage.v1.PolicySpec.$Properties): anchorage.v1.PolicySpec;

            /**
             * Encodes the specified PolicySpec message. Does not implicitly {@link anchorage.v1.PolicySpec.verify|verify} messages.
             * @param message PolicySpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.PolicySpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PolicySpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.PolicySpec & anchorage.v1.PolicySpec.$Shape} PolicySpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.PolicySpec & anchorage.v1.PolicySpec.$Shape;

            /**
             * Creates a PolicySpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PolicySpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.PolicySpec;

            /**
             * Creates a plain object from a PolicySpec message. Also converts values to other types if specified.
             * @param message PolicySpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.PolicySpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PolicySpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace PolicySpec {

            /** Properties of a PolicySpec. */
            interface $Properties {

                /** PolicySpec temperature */
                temperature?: (number|null);

                /** PolicySpec topP */
                topP?: (number|null);

                /** PolicySpec topK */
                topK?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PolicySpec. */
            type $Shape = anchorage.v1.PolicySpec.$Properties;
        }

        /**
         * Properties of a FilterSpec.
         * @deprecated Use anchorage.v1.FilterSpec.$Properties instead.
         */
        interface IFilterSpec extends anchorage.v1.FilterSpec.$Properties {
        }

        /** Represents a FilterSpec. */
        class FilterSpec {

            /**
             * Constructs a new FilterSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.FilterSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FilterSpec minLengthRatio. */
            minLengthRatio: number;

            /** FilterSpec maxLengthRatio. */
            maxLengthRatio: number;

            /**
             * Creates a new FilterSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FilterSpec instance
             */
            static create(properties: anchorage.v1.FilterSpec.$Shape): anchorage.v1.FilterSpec & anchorage.v1.FilterSpec.$Shape;
            static create(properties?: anchorage.v1.FilterSpec.$Properties): anchorage.v1.FilterSpec;

            /**
             * Encodes the specified FilterSpec message. Does not implicitly {@link anchorage.v1.FilterSpec.verify|verify} messages.
             * @param message FilterSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.FilterSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FilterSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.FilterSpec & anchorage.v1.FilterSpec.$Shape} FilterSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.FilterSpec & anchorage.v1.FilterSpec.$Shape;

            /**
             * Creates a FilterSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns FilterSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.FilterSpec;

            /**
             * Creates a plain object from a FilterSpec message. Also converts values to other types if specified.
             * @param message FilterSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.FilterSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this FilterSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace FilterSpec {

            /** Properties of a FilterSpec. */
            interface $Properties {

                /** FilterSpec minLengthRatio */
                minLengthRatio?: (number|null);

                /** FilterSpec maxLengthRatio */
                maxLengthRatio?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FilterSpec. */
            type $Shape = anchorage.v1.FilterSpec.$Properties;
        }

        /**
         * Properties of a ReviserSpec.
         * @deprecated Use anchorage.v1.ReviserSpec.$Properties instead.
         */
        interface IReviserSpec extends anchorage.v1.ReviserSpec.$Properties {
        }

        /** Represents a ReviserSpec. */
        class ReviserSpec {

            /**
             * Constructs a new ReviserSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.ReviserSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReviserSpec model. */
            model: string;

            /** ReviserSpec instructions. */
            instructions?: (string|null);

            /** ReviserSpec spendCeiling. */
            spendCeiling?: (number|null);

            /**
             * Creates a new ReviserSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ReviserSpec instance
             */
            static create(properties: anchorage.v1.ReviserSpec.$Shape): anchorage.v1.ReviserSpec & anchorage.v1.ReviserSpec.$Shape;
            static create(properties?: anchorage.v1.ReviserSpec.$Properties): anchorage.v1.ReviserSpec;

            /**
             * Encodes the specified ReviserSpec message. Does not implicitly {@link anchorage.v1.ReviserSpec.verify|verify} messages.
             * @param message ReviserSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.ReviserSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReviserSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.ReviserSpec & anchorage.v1.ReviserSpec.$Shape} ReviserSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.ReviserSpec & anchorage.v1.ReviserSpec.$Shape;

            /**
             * Creates a ReviserSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ReviserSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.ReviserSpec;

            /**
             * Creates a plain object from a ReviserSpec message. Also converts values to other types if specified.
             * @param message ReviserSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.ReviserSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ReviserSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ReviserSpec {

            /** Properties of a ReviserSpec. */
            interface $Properties {

                /** ReviserSpec model */
                model?: (string|null);

                /** ReviserSpec instructions */
                instructions?: (string|null);

                /** ReviserSpec spendCeiling */
                spendCeiling?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReviserSpec. */
            type $Shape = anchorage.v1.ReviserSpec.$Properties;
        }

        /**
         * Properties of an AnswererSpec.
         * @deprecated Use anchorage.v1.AnswererSpec.$Properties instead.
         */
        interface IAnswererSpec extends anchorage.v1.AnswererSpec.$Properties {
        }

        /** Represents an AnswererSpec. */
        class AnswererSpec {

            /**
             * Constructs a new AnswererSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.AnswererSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AnswererSpec spendCeiling. */
            spendCeiling?: (number|null);

            /**
             * Creates a new AnswererSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AnswererSpec instance
             */
            static create(properties: anchorage.v1.AnswererSpec.$Shape): anchorage.v1.AnswererSpec & anchorage.v1.AnswererSpec.$Shape;
            static create(properties?: anchorage.v1.AnswererSpec.$Properties): anchorage.v1.AnswererSpec;

            /**
             * Encodes the specified AnswererSpec message. Does not implicitly {@link anchorage.v1.AnswererSpec.verify|verify} messages.
             * @param message AnswererSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.AnswererSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AnswererSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.AnswererSpec & anchorage.v1.AnswererSpec.$Shape} AnswererSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.AnswererSpec & anchorage.v1.AnswererSpec.$Shape;

            /**
             * Creates an AnswererSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AnswererSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.AnswererSpec;

            /**
             * Creates a plain object from an AnswererSpec message. Also converts values to other types if specified.
             * @param message AnswererSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.AnswererSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AnswererSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AnswererSpec {

            /** Properties of an AnswererSpec. */
            interface $Properties {

                /** AnswererSpec spendCeiling */
                spendCeiling?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AnswererSpec. */
            type $Shape = anchorage.v1.AnswererSpec.$Properties;
        }

        /**
         * Properties of a JudgeSpec.
         * @deprecated Use anchorage.v1.JudgeSpec.$Properties instead.
         */
        interface IJudgeSpec extends anchorage.v1.JudgeSpec.$Properties {
        }

        /** Represents a JudgeSpec. */
        class JudgeSpec {

            /**
             * Constructs a new JudgeSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.JudgeSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** JudgeSpec spendCeiling. */
            spendCeiling?: (number|null);

            /**
             * Creates a new JudgeSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns JudgeSpec instance
             */
            static create(properties: anchorage.v1.JudgeSpec.$Shape): anchorage.v1.JudgeSpec & anchorage.v1.JudgeSpec.$Shape;
            static create(properties?: anchorage.v1.JudgeSpec.$Properties): anchorage.v1.JudgeSpec;

            /**
             * Encodes the specified JudgeSpec message. Does not implicitly {@link anchorage.v1.JudgeSpec.verify|verify} messages.
             * @param message JudgeSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.JudgeSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a JudgeSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.JudgeSpec & anchorage.v1.JudgeSpec.$Shape} JudgeSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.JudgeSpec & anchorage.v1.JudgeSpec.$Shape;

            /**
             * Creates a JudgeSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns JudgeSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.JudgeSpec;

            /**
             * Creates a plain object from a JudgeSpec message. Also converts values to other types if specified.
             * @param message JudgeSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.JudgeSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this JudgeSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace JudgeSpec {

            /** Properties of a JudgeSpec. */
            interface $Properties {

                /** JudgeSpec spendCeiling */
                spendCeiling?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a JudgeSpec. */
            type $Shape = anchorage.v1.JudgeSpec.$Properties;
        }

        /**
         * Properties of a SamplerSpec.
         * @deprecated Use anchorage.v1.SamplerSpec.$Properties instead.
         */
        interface ISamplerSpec extends anchorage.v1.SamplerSpec.$Properties {
        }

        /** Represents a SamplerSpec. */
        class SamplerSpec {

            /**
             * Constructs a new SamplerSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.SamplerSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SamplerSpec spendCeiling. */
            spendCeiling?: (number|null);

            /**
             * Creates a new SamplerSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SamplerSpec instance
             */
            static create(properties: anchorage.v1.SamplerSpec.$Shape): anchorage.v1.SamplerSpec & anchorage.v1.SamplerSpec.$Shape;
            static create(properties?: anchorage.v1.SamplerSpec.$Properties): anchorage.v1.SamplerSpec;

            /**
             * Encodes the specified SamplerSpec message. Does not implicitly {@link anchorage.v1.SamplerSpec.verify|verify} messages.
             * @param message SamplerSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.SamplerSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SamplerSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.SamplerSpec & anchorage.v1.SamplerSpec.$Shape} SamplerSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.SamplerSpec & anchorage.v1.SamplerSpec.$Shape;

            /**
             * Creates a SamplerSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SamplerSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.SamplerSpec;

            /**
             * Creates a plain object from a SamplerSpec message. Also converts values to other types if specified.
             * @param message SamplerSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.SamplerSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SamplerSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace SamplerSpec {

            /** Properties of a SamplerSpec. */
            interface $Properties {

                /** SamplerSpec spendCeiling */
                spendCeiling?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SamplerSpec. */
            type $Shape = anchorage.v1.SamplerSpec.$Properties;
        }

        /**
         * Properties of a SpendSpec.
         * @deprecated Use anchorage.v1.SpendSpec.$Properties instead.
         */
        interface ISpendSpec extends anchorage.v1.SpendSpec.$Properties {
        }

        /** Represents a SpendSpec. */
        class SpendSpec {

            /**
             * Constructs a new SpendSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.SpendSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SpendSpec ceiling. */
            ceiling: number;

            /**
             * Creates a new SpendSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SpendSpec instance
             */
            static create(properties: anchorage.v1.SpendSpec.$Shape): anchorage.v1.SpendSpec & anchorage.v1.SpendSpec.$Shape;
            static create(properties?: anchorage.v1.SpendSpec.$Properties): anchorage.v1.SpendSpec;

            /**
             * Encodes the specified SpendSpec message. Does not implicitly {@link anchorage.v1.SpendSpec.verify|verify} messages.
             * @param message SpendSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.SpendSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SpendSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.SpendSpec & anchorage.v1.SpendSpec.$Shape} SpendSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.SpendSpec & anchorage.v1.SpendSpec.$Shape;

            /**
             * Creates a SpendSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SpendSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.SpendSpec;

            /**
             * Creates a plain object from a SpendSpec message. Also converts values to other types if specified.
             * @param message SpendSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.SpendSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SpendSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace SpendSpec {

            /** Properties of a SpendSpec. */
            interface $Properties {

                /** SpendSpec ceiling */
                ceiling?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SpendSpec. */
            type $Shape = anchorage.v1.SpendSpec.$Properties;
        }

        /** RunCommand enum. */
        enum RunCommand {

            /** RUN_COMMAND_UNSPECIFIED value */
            RUN_COMMAND_UNSPECIFIED = 0,

            /** RUN_COMMAND_PAUSE value */
            RUN_COMMAND_PAUSE = 1,

            /** RUN_COMMAND_RESUME value */
            RUN_COMMAND_RESUME = 2,

            /** RUN_COMMAND_CHECKPOINT value */
            RUN_COMMAND_CHECKPOINT = 3,

            /** RUN_COMMAND_STOP value */
            RUN_COMMAND_STOP = 4
        }

        /**
         * Properties of a Control.
         * @deprecated Use anchorage.v1.Control.$Properties instead.
         */
        interface IControl extends anchorage.v1.Control.$Properties {
        }

        /** Represents a Control. */
        class Control {

            /**
             * Constructs a new Control.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Control.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Control revision. */
            revision: number;

            /** Control previousRevision. */
            previousRevision: number;

            /** Control author. */
            author: string;

            /** Control timeUnixMs. */
            timeUnixMs: number;

            /** Control step. */
            step?: (number|null);

            /** Control spec. */
            spec?: (anchorage.v1.RunSpec.$Properties|null);

            /** Control command. */
            command: anchorage.v1.RunCommand;

            /** Control evidence. */
            evidence?: (string|null);

            /** Control namesObjective. */
            namesObjective?: (boolean|null);

            /**
             * Creates a new Control instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Control instance
             */
            static create(properties: anchorage.v1.Control.$Shape): anchorage.v1.Control & anchorage.v1.Control.$Shape;
            static create(properties?: anchorage.v1.Control.$Properties): anchorage.v1.Control;

            /**
             * Encodes the specified Control message. Does not implicitly {@link anchorage.v1.Control.verify|verify} messages.
             * @param message Control message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Control.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Control message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Control & anchorage.v1.Control.$Shape} Control
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Control & anchorage.v1.Control.$Shape;

            /**
             * Creates a Control message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Control
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Control;

            /**
             * Creates a plain object from a Control message. Also converts values to other types if specified.
             * @param message Control
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Control, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Control to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Control {

            /** Properties of a Control. */
            interface $Properties {

                /** Control revision */
                revision?: (number|null);

                /** Control previousRevision */
                previousRevision?: (number|null);

                /** Control author */
                author?: (string|null);

                /** Control timeUnixMs */
                timeUnixMs?: (number|null);

                /** Control step */
                step?: (number|null);

                /** Control spec */
                spec?: (anchorage.v1.RunSpec.$Properties|null);

                /** Control command */
                command?: (anchorage.v1.RunCommand|null);

                /** Control evidence */
                evidence?: (string|null);

                /** Control namesObjective */
                namesObjective?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Control. */
            type $Shape = anchorage.v1.Control.$Properties;
        }

        /** Answer enum. */
        enum Answer {

            /** ANSWER_UNSPECIFIED value */
            ANSWER_UNSPECIFIED = 0,

            /** ANSWER_ACCEPTED value */
            ANSWER_ACCEPTED = 1,

            /** ANSWER_REFUSED value */
            ANSWER_REFUSED = 2,

            /** ANSWER_APPLIED value */
            ANSWER_APPLIED = 3,

            /** ANSWER_FAILED value */
            ANSWER_FAILED = 4
        }

        /**
         * Properties of an Acknowledgement.
         * @deprecated Use anchorage.v1.Acknowledgement.$Properties instead.
         */
        interface IAcknowledgement extends anchorage.v1.Acknowledgement.$Properties {
        }

        /** Represents an Acknowledgement. */
        class Acknowledgement {

            /**
             * Constructs a new Acknowledgement.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Acknowledgement.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Acknowledgement revision. */
            revision: number;

            /** Acknowledgement actor. */
            actor: string;

            /** Acknowledgement index. */
            index: number;

            /** Acknowledgement answer. */
            answer: anchorage.v1.Answer;

            /** Acknowledgement step. */
            step: number;

            /** Acknowledgement reason. */
            reason: string;

            /** Acknowledgement timeUnixMs. */
            timeUnixMs: number;

            /**
             * Creates a new Acknowledgement instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Acknowledgement instance
             */
            static create(properties: anchorage.v1.Acknowledgement.$Shape): anchorage.v1.Acknowledgement & anchorage.v1.Acknowledgement.$Shape;
            static create(properties?: anchorage.v1.Acknowledgement.$Properties): anchorage.v1.Acknowledgement;

            /**
             * Encodes the specified Acknowledgement message. Does not implicitly {@link anchorage.v1.Acknowledgement.verify|verify} messages.
             * @param message Acknowledgement message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Acknowledgement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Acknowledgement message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Acknowledgement & anchorage.v1.Acknowledgement.$Shape} Acknowledgement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Acknowledgement & anchorage.v1.Acknowledgement.$Shape;

            /**
             * Creates an Acknowledgement message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Acknowledgement
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Acknowledgement;

            /**
             * Creates a plain object from an Acknowledgement message. Also converts values to other types if specified.
             * @param message Acknowledgement
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Acknowledgement, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Acknowledgement to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Acknowledgement {

            /** Properties of an Acknowledgement. */
            interface $Properties {

                /** Acknowledgement revision */
                revision?: (number|null);

                /** Acknowledgement actor */
                actor?: (string|null);

                /** Acknowledgement index */
                index?: (number|null);

                /** Acknowledgement answer */
                answer?: (anchorage.v1.Answer|null);

                /** Acknowledgement step */
                step?: (number|null);

                /** Acknowledgement reason */
                reason?: (string|null);

                /** Acknowledgement timeUnixMs */
                timeUnixMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Acknowledgement. */
            type $Shape = anchorage.v1.Acknowledgement.$Properties;
        }

        /**
         * Properties of an ObjectiveSpec.
         * @deprecated Use anchorage.v1.ObjectiveSpec.$Properties instead.
         */
        interface IObjectiveSpec extends anchorage.v1.ObjectiveSpec.$Properties {
        }

        /** Represents an ObjectiveSpec. */
        class ObjectiveSpec {

            /**
             * Constructs a new ObjectiveSpec.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.ObjectiveSpec.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ObjectiveSpec name. */
            name: string;

            /** ObjectiveSpec beta. */
            beta: number;

            /** ObjectiveSpec learningRate. */
            learningRate: number;

            /** ObjectiveSpec settings. */
            settings: { [k: string]: number };

            /**
             * Creates a new ObjectiveSpec instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ObjectiveSpec instance
             */
            static create(properties: anchorage.v1.ObjectiveSpec.$Shape): anchorage.v1.ObjectiveSpec & anchorage.v1.ObjectiveSpec.$Shape;
            static create(properties?: anchorage.v1.ObjectiveSpec.$Properties): anchorage.v1.ObjectiveSpec;

            /**
             * Encodes the specified ObjectiveSpec message. Does not implicitly {@link anchorage.v1.ObjectiveSpec.verify|verify} messages.
             * @param message ObjectiveSpec message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.ObjectiveSpec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ObjectiveSpec message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.ObjectiveSpec & anchorage.v1.ObjectiveSpec.$Shape} ObjectiveSpec
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.ObjectiveSpec & anchorage.v1.ObjectiveSpec.$Shape;

            /**
             * Creates an ObjectiveSpec message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ObjectiveSpec
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.ObjectiveSpec;

            /**
             * Creates a plain object from an ObjectiveSpec message. Also converts values to other types if specified.
             * @param message ObjectiveSpec
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.ObjectiveSpec, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ObjectiveSpec to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ObjectiveSpec {

            /** Properties of an ObjectiveSpec. */
            interface $Properties {

                /** ObjectiveSpec name */
                name?: (string|null);

                /** ObjectiveSpec beta */
                beta?: (number|null);

                /** ObjectiveSpec learningRate */
                learningRate?: (number|null);

                /** ObjectiveSpec settings */
                settings?: ({ [k: string]: number }|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an ObjectiveSpec. */
            type $Shape = anchorage.v1.ObjectiveSpec.$Properties;
        }

        /**
         * Properties of a ContentFile.
         * @deprecated Use anchorage.v1.ContentFile.$Properties instead.
         */
        interface IContentFile extends anchorage.v1.ContentFile.$Properties {
        }

        /** Represents a ContentFile. */
        class ContentFile {

            /**
             * Constructs a new ContentFile.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.ContentFile.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ContentFile path. */
            path: string;

            /** ContentFile sha256. */
            sha256: string;

            /** ContentFile sizeBytes. */
            sizeBytes: number;

            /**
             * Creates a new ContentFile instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ContentFile instance
             */
            static create(properties: anchorage.v1.ContentFile.$Shape): anchorage.v1.ContentFile & anchorage.v1.ContentFile.$Shape;
            static create(properties?: anchorage.v1.ContentFile.$Properties): anchorage.v1.ContentFile;

            /**
             * Encodes the specified ContentFile message. Does not implicitly {@link anchorage.v1.ContentFile.verify|verify} messages.
             * @param message ContentFile message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.ContentFile.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ContentFile message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.ContentFile & anchorage.v1.ContentFile.$Shape} ContentFile
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.ContentFile & anchorage.v1.ContentFile.$Shape;

            /**
             * Creates a ContentFile message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ContentFile
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.ContentFile;

            /**
             * Creates a plain object from a ContentFile message. Also converts values to other types if specified.
             * @param message ContentFile
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.ContentFile, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ContentFile to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ContentFile {

            /** Properties of a ContentFile. */
            interface $Properties {

                /** ContentFile path */
                path?: (string|null);

                /** ContentFile sha256 */
                sha256?: (string|null);

                /** ContentFile sizeBytes */
                sizeBytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ContentFile. */
            type $Shape = anchorage.v1.ContentFile.$Properties;
        }

        /**
         * Properties of a Checkpoint.
         * @deprecated Use anchorage.v1.Checkpoint.$Properties instead.
         */
        interface ICheckpoint extends anchorage.v1.Checkpoint.$Properties {
        }

        /** Represents a Checkpoint. */
        class Checkpoint {

            /**
             * Constructs a new Checkpoint.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Checkpoint.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Checkpoint step. */
            step: number;

            /** Checkpoint policyVersion. */
            policyVersion: number;

            /** Checkpoint folder. */
            folder: string;

            /** Checkpoint weightsSha256. */
            weightsSha256: string;

            /** Checkpoint pairSequence. */
            pairSequence: number;

            /** Checkpoint objective. */
            objective: string;

            /** Checkpoint objectiveRevision. */
            objectiveRevision: number;

            /** Checkpoint final. */
            final: boolean;

            /** Checkpoint files. */
            files: anchorage.v1.ContentFile.$Properties[];

            /** Checkpoint trainingFiles. */
            trainingFiles: anchorage.v1.ContentFile.$Properties[];

            /** Checkpoint beta. */
            beta?: (number|null);

            /**
             * Creates a new Checkpoint instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Checkpoint instance
             */
            static create(properties: anchorage.v1.Checkpoint.$Shape): anchorage.v1.Checkpoint & anchorage.v1.Checkpoint.$Shape;
            static create(properties?: anchorage.v1.Checkpoint.$Properties): anchorage.v1.Checkpoint;

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link anchorage.v1.Checkpoint.verify|verify} messages.
             * @param message Checkpoint message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Checkpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Checkpoint & anchorage.v1.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Checkpoint & anchorage.v1.Checkpoint.$Shape;

            /**
             * Creates a Checkpoint message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Checkpoint
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Checkpoint;

            /**
             * Creates a plain object from a Checkpoint message. Also converts values to other types if specified.
             * @param message Checkpoint
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Checkpoint, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Checkpoint to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Checkpoint {

            /** Properties of a Checkpoint. */
            interface $Properties {

                /** Checkpoint step */
                step?: (number|null);

                /** Checkpoint policyVersion */
                policyVersion?: (number|null);

                /** Checkpoint folder */
                folder?: (string|null);

                /** Checkpoint weightsSha256 */
                weightsSha256?: (string|null);

                /** Checkpoint pairSequence */
                pairSequence?: (number|null);

                /** Checkpoint objective */
                objective?: (string|null);

                /** Checkpoint objectiveRevision */
                objectiveRevision?: (number|null);

                /** Checkpoint final */
                final?: (boolean|null);

                /** Checkpoint files */
                files?: (anchorage.v1.ContentFile.$Properties[]|null);

                /** Checkpoint trainingFiles */
                trainingFiles?: (anchorage.v1.ContentFile.$Properties[]|null);

                /** Checkpoint beta */
                beta?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Checkpoint. */
            type $Shape = anchorage.v1.Checkpoint.$Properties;
        }

        /**
         * Properties of an EvaluationScore.
         * @deprecated Use anchorage.v1.EvaluationScore.$Properties instead.
         */
        interface IEvaluationScore extends anchorage.v1.EvaluationScore.$Properties {
        }

        /** Represents an EvaluationScore. */
        class EvaluationScore {

            /**
             * Constructs a new EvaluationScore.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.EvaluationScore.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EvaluationScore step. */
            step: number;

            /** EvaluationScore policyVersion. */
            policyVersion: number;

            /** EvaluationScore suite. */
            suite: string;

            /** EvaluationScore score. */
            score: number;

            /** EvaluationScore items. */
            items: number;

            /** EvaluationScore seconds. */
            seconds: number;

            /** EvaluationScore weightsSha256. */
            weightsSha256: string;

            /** EvaluationScore answers. */
            answers: anchorage.v1.EvaluationAnswer.$Properties[];

            /** EvaluationScore margin. */
            margin?: (number|null);

            /** EvaluationScore grades. */
            grades: number[];

            /** EvaluationScore itemIds. */
            itemIds: string[];

            /** EvaluationScore name. */
            name: string;

            /** EvaluationScore seed. */
            seed?: (number|null);

            /** EvaluationScore metrics. */
            metrics: { [k: string]: number };

            /** EvaluationScore low. */
            low?: (number|null);

            /** EvaluationScore high. */
            high?: (number|null);

            /**
             * Creates a new EvaluationScore instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EvaluationScore instance
             */
            static create(properties: anchorage.v1.EvaluationScore.$Shape): anchorage.v1.EvaluationScore & anchorage.v1.EvaluationScore.$Shape;
            static create(properties?: anchorage.v1.EvaluationScore.$Properties): anchorage.v1.EvaluationScore;

            /**
             * Encodes the specified EvaluationScore message. Does not implicitly {@link anchorage.v1.EvaluationScore.verify|verify} messages.
             * @param message EvaluationScore message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.EvaluationScore.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EvaluationScore message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.EvaluationScore & anchorage.v1.EvaluationScore.$Shape} EvaluationScore
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.EvaluationScore & anchorage.v1.EvaluationScore.$Shape;

            /**
             * Creates an EvaluationScore message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns EvaluationScore
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.EvaluationScore;

            /**
             * Creates a plain object from an EvaluationScore message. Also converts values to other types if specified.
             * @param message EvaluationScore
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.EvaluationScore, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this EvaluationScore to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace EvaluationScore {

            /** Properties of an EvaluationScore. */
            interface $Properties {

                /** EvaluationScore step */
                step?: (number|null);

                /** EvaluationScore policyVersion */
                policyVersion?: (number|null);

                /** EvaluationScore suite */
                suite?: (string|null);

                /** EvaluationScore score */
                score?: (number|null);

                /** EvaluationScore items */
                items?: (number|null);

                /** EvaluationScore seconds */
                seconds?: (number|null);

                /** EvaluationScore weightsSha256 */
                weightsSha256?: (string|null);

                /** EvaluationScore answers */
                answers?: (anchorage.v1.EvaluationAnswer.$Properties[]|null);

                /** EvaluationScore margin */
                margin?: (number|null);

                /** EvaluationScore grades */
                grades?: (number[]|null);

                /** EvaluationScore itemIds */
                itemIds?: (string[]|null);

                /** EvaluationScore name */
                name?: (string|null);

                /** EvaluationScore seed */
                seed?: (number|null);

                /** EvaluationScore metrics */
                metrics?: ({ [k: string]: number }|null);

                /** EvaluationScore low */
                low?: (number|null);

                /** EvaluationScore high */
                high?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EvaluationScore. */
            type $Shape = anchorage.v1.EvaluationScore.$Properties;
        }

        /**
         * Properties of an EvaluationAnswer.
         * @deprecated Use anchorage.v1.EvaluationAnswer.$Properties instead.
         */
        interface IEvaluationAnswer extends anchorage.v1.EvaluationAnswer.$Properties {
        }

        /** Represents an EvaluationAnswer. */
        class EvaluationAnswer {

            /**
             * Constructs a new EvaluationAnswer.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.EvaluationAnswer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EvaluationAnswer prompt. */
            prompt: string;

            /** EvaluationAnswer completion. */
            completion: string;

            /** EvaluationAnswer grade. */
            grade?: (number|null);

            /**
             * Creates a new EvaluationAnswer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EvaluationAnswer instance
             */
            static create(properties: anchorage.v1.EvaluationAnswer.$Shape): anchorage.v1.EvaluationAnswer & anchorage.v1.EvaluationAnswer.$Shape;
            static create(properties?: anchorage.v1.EvaluationAnswer.$Properties): anchorage.v1.EvaluationAnswer;

            /**
             * Encodes the specified EvaluationAnswer message. Does not implicitly {@link anchorage.v1.EvaluationAnswer.verify|verify} messages.
             * @param message EvaluationAnswer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.EvaluationAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EvaluationAnswer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.EvaluationAnswer & anchorage.v1.EvaluationAnswer.$Shape} EvaluationAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.EvaluationAnswer & anchorage.v1.EvaluationAnswer.$Shape;

            /**
             * Creates an EvaluationAnswer message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns EvaluationAnswer
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.EvaluationAnswer;

            /**
             * Creates a plain object from an EvaluationAnswer message. Also converts values to other types if specified.
             * @param message EvaluationAnswer
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.EvaluationAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this EvaluationAnswer to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace EvaluationAnswer {

            /** Properties of an EvaluationAnswer. */
            interface $Properties {

                /** EvaluationAnswer prompt */
                prompt?: (string|null);

                /** EvaluationAnswer completion */
                completion?: (string|null);

                /** EvaluationAnswer grade */
                grade?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EvaluationAnswer. */
            type $Shape = anchorage.v1.EvaluationAnswer.$Properties;
        }

        /**
         * Properties of a Turn.
         * @deprecated Use anchorage.v1.Turn.$Properties instead.
         */
        interface ITurn extends anchorage.v1.Turn.$Properties {
        }

        /** Represents a Turn. */
        class Turn {

            /**
             * Constructs a new Turn.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Turn.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Turn role. */
            role: string;

            /** Turn content. */
            content: string;

            /**
             * Creates a new Turn instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Turn instance
             */
            static create(properties: anchorage.v1.Turn.$Shape): anchorage.v1.Turn & anchorage.v1.Turn.$Shape;
            static create(properties?: anchorage.v1.Turn.$Properties): anchorage.v1.Turn;

            /**
             * Encodes the specified Turn message. Does not implicitly {@link anchorage.v1.Turn.verify|verify} messages.
             * @param message Turn message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Turn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Turn message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Turn & anchorage.v1.Turn.$Shape} Turn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Turn & anchorage.v1.Turn.$Shape;

            /**
             * Creates a Turn message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Turn
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Turn;

            /**
             * Creates a plain object from a Turn message. Also converts values to other types if specified.
             * @param message Turn
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Turn, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Turn to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Turn {

            /** Properties of a Turn. */
            interface $Properties {

                /** Turn role */
                role?: (string|null);

                /** Turn content */
                content?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Turn. */
            type $Shape = anchorage.v1.Turn.$Properties;
        }

        /**
         * Properties of a Prompt.
         * @deprecated Use anchorage.v1.Prompt.$Properties instead.
         */
        interface IPrompt extends anchorage.v1.Prompt.$Properties {
        }

        /** Represents a Prompt. */
        class Prompt {

            /**
             * Constructs a new Prompt.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Prompt.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Prompt promptId. */
            promptId: string;

            /** Prompt prompt. */
            prompt: string;

            /** Prompt minPolicyStep. */
            minPolicyStep?: (number|null);

            /** Prompt answers. */
            answers: anchorage.v1.GivenAnswer.$Properties[];

            /** Prompt history. */
            history: anchorage.v1.Turn.$Properties[];

            /**
             * Creates a new Prompt instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Prompt instance
             */
            static create(properties: anchorage.v1.Prompt.$Shape): anchorage.v1.Prompt & anchorage.v1.Prompt.$Shape;
            static create(properties?: anchorage.v1.Prompt.$Properties): anchorage.v1.Prompt;

            /**
             * Encodes the specified Prompt message. Does not implicitly {@link anchorage.v1.Prompt.verify|verify} messages.
             * @param message Prompt message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Prompt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Prompt message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Prompt & anchorage.v1.Prompt.$Shape} Prompt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Prompt & anchorage.v1.Prompt.$Shape;

            /**
             * Creates a Prompt message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Prompt
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Prompt;

            /**
             * Creates a plain object from a Prompt message. Also converts values to other types if specified.
             * @param message Prompt
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Prompt, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Prompt to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Prompt {

            /** Properties of a Prompt. */
            interface $Properties {

                /** Prompt promptId */
                promptId?: (string|null);

                /** Prompt prompt */
                prompt?: (string|null);

                /** Prompt minPolicyStep */
                minPolicyStep?: (number|null);

                /** Prompt answers */
                answers?: (anchorage.v1.GivenAnswer.$Properties[]|null);

                /** Prompt history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Prompt. */
            type $Shape = anchorage.v1.Prompt.$Properties;
        }

        /**
         * Properties of a PolicySegment.
         * @deprecated Use anchorage.v1.PolicySegment.$Properties instead.
         */
        interface IPolicySegment extends anchorage.v1.PolicySegment.$Properties {
        }

        /** Represents a PolicySegment. */
        class PolicySegment {

            /**
             * Constructs a new PolicySegment.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.PolicySegment.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PolicySegment policyVersion. */
            policyVersion: number;

            /** PolicySegment tokenCount. */
            tokenCount: number;

            /**
             * Creates a new PolicySegment instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PolicySegment instance
             */
            static create(properties: anchorage.v1.PolicySegment.$Shape): anchorage.v1.PolicySegment & anchorage.v1.PolicySegment.$Shape;
            static create(properties?: anchorage.v1.PolicySegment.$Properties): anchorage.v1.PolicySegment;

            /**
             * Encodes the specified PolicySegment message. Does not implicitly {@link anchorage.v1.PolicySegment.verify|verify} messages.
             * @param message PolicySegment message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.PolicySegment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PolicySegment message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.PolicySegment & anchorage.v1.PolicySegment.$Shape} PolicySegment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.PolicySegment & anchorage.v1.PolicySegment.$Shape;

            /**
             * Creates a PolicySegment message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PolicySegment
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.PolicySegment;

            /**
             * Creates a plain object from a PolicySegment message. Also converts values to other types if specified.
             * @param message PolicySegment
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.PolicySegment, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PolicySegment to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace PolicySegment {

            /** Properties of a PolicySegment. */
            interface $Properties {

                /** PolicySegment policyVersion */
                policyVersion?: (number|null);

                /** PolicySegment tokenCount */
                tokenCount?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PolicySegment. */
            type $Shape = anchorage.v1.PolicySegment.$Properties;
        }

        /**
         * Properties of a Sampling.
         * @deprecated Use anchorage.v1.Sampling.$Properties instead.
         */
        interface ISampling extends anchorage.v1.Sampling.$Properties {
        }

        /** Represents a Sampling. */
        class Sampling {

            /**
             * Constructs a new Sampling.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Sampling.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Sampling segments. */
            segments: anchorage.v1.PolicySegment.$Properties[];

            /** Sampling policyStep. */
            policyStep: number;

            /** Sampling endPolicyVersion. */
            endPolicyVersion: number;

            /** Sampling startedUnixMs. */
            startedUnixMs: number;

            /** Sampling logps. */
            logps?: (number|null);

            /**
             * Creates a new Sampling instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Sampling instance
             */
            static create(properties: anchorage.v1.Sampling.$Shape): anchorage.v1.Sampling & anchorage.v1.Sampling.$Shape;
            static create(properties?: anchorage.v1.Sampling.$Properties): anchorage.v1.Sampling;

            /**
             * Encodes the specified Sampling message. Does not implicitly {@link anchorage.v1.Sampling.verify|verify} messages.
             * @param message Sampling message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Sampling.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Sampling message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Sampling & anchorage.v1.Sampling.$Shape} Sampling
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Sampling & anchorage.v1.Sampling.$Shape;

            /**
             * Creates a Sampling message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Sampling
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Sampling;

            /**
             * Creates a plain object from a Sampling message. Also converts values to other types if specified.
             * @param message Sampling
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Sampling, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Sampling to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Sampling {

            /** Properties of a Sampling. */
            interface $Properties {

                /** Sampling segments */
                segments?: (anchorage.v1.PolicySegment.$Properties[]|null);

                /** Sampling policyStep */
                policyStep?: (number|null);

                /** Sampling endPolicyVersion */
                endPolicyVersion?: (number|null);

                /** Sampling startedUnixMs */
                startedUnixMs?: (number|null);

                /** Sampling logps */
                logps?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Sampling. */
            type $Shape = anchorage.v1.Sampling.$Properties;
        }

        /** FinishReason enum. */
        enum FinishReason {

            /** FINISH_REASON_UNSPECIFIED value */
            FINISH_REASON_UNSPECIFIED = 0,

            /** FINISH_REASON_STOP value */
            FINISH_REASON_STOP = 1,

            /** FINISH_REASON_LENGTH value */
            FINISH_REASON_LENGTH = 2
        }

        /**
         * Properties of a Completion.
         * @deprecated Use anchorage.v1.Completion.$Properties instead.
         */
        interface ICompletion extends anchorage.v1.Completion.$Properties {
        }

        /** Represents a Completion. */
        class Completion {

            /**
             * Constructs a new Completion.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Completion.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Completion promptId. */
            promptId: string;

            /** Completion prompt. */
            prompt: string;

            /** Completion completion. */
            completion: string;

            /** Completion finishReason. */
            finishReason: anchorage.v1.FinishReason;

            /** Completion policyVersion. */
            policyVersion: number;

            /** Completion sampling. */
            sampling?: (anchorage.v1.Sampling.$Properties|null);

            /** Completion completionIds. */
            completionIds: number[];

            /** Completion history. */
            history: anchorage.v1.Turn.$Properties[];

            /** Completion usage. */
            usage?: (anchorage.v1.Usage.$Properties|null);

            /**
             * Creates a new Completion instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Completion instance
             */
            static create(properties: anchorage.v1.Completion.$Shape): anchorage.v1.Completion & anchorage.v1.Completion.$Shape;
            static create(properties?: anchorage.v1.Completion.$Properties): anchorage.v1.Completion;

            /**
             * Encodes the specified Completion message. Does not implicitly {@link anchorage.v1.Completion.verify|verify} messages.
             * @param message Completion message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Completion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Completion message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Completion & anchorage.v1.Completion.$Shape} Completion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Completion & anchorage.v1.Completion.$Shape;

            /**
             * Creates a Completion message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Completion
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Completion;

            /**
             * Creates a plain object from a Completion message. Also converts values to other types if specified.
             * @param message Completion
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Completion, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Completion to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Completion {

            /** Properties of a Completion. */
            interface $Properties {

                /** Completion promptId */
                promptId?: (string|null);

                /** Completion prompt */
                prompt?: (string|null);

                /** Completion completion */
                completion?: (string|null);

                /** Completion finishReason */
                finishReason?: (anchorage.v1.FinishReason|null);

                /** Completion policyVersion */
                policyVersion?: (number|null);

                /** Completion sampling */
                sampling?: (anchorage.v1.Sampling.$Properties|null);

                /** Completion completionIds */
                completionIds?: (number[]|null);

                /** Completion history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** Completion usage */
                usage?: (anchorage.v1.Usage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Completion. */
            type $Shape = anchorage.v1.Completion.$Properties;
        }

        /**
         * Properties of a GivenAnswer.
         * @deprecated Use anchorage.v1.GivenAnswer.$Properties instead.
         */
        interface IGivenAnswer extends anchorage.v1.GivenAnswer.$Properties {
        }

        /** Represents a GivenAnswer. */
        class GivenAnswer {

            /**
             * Constructs a new GivenAnswer.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.GivenAnswer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GivenAnswer text. */
            text: string;

            /** GivenAnswer ids. */
            ids: number[];

            /** GivenAnswer finishReason. */
            finishReason: anchorage.v1.FinishReason;

            /** GivenAnswer model. */
            model: string;

            /** GivenAnswer score. */
            score?: (number|null);

            /**
             * Creates a new GivenAnswer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GivenAnswer instance
             */
            static create(properties: anchorage.v1.GivenAnswer.$Shape): anchorage.v1.GivenAnswer & anchorage.v1.GivenAnswer.$Shape;
            static create(properties?: anchorage.v1.GivenAnswer.$Properties): anchorage.v1.GivenAnswer;

            /**
             * Encodes the specified GivenAnswer message. Does not implicitly {@link anchorage.v1.GivenAnswer.verify|verify} messages.
             * @param message GivenAnswer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.GivenAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GivenAnswer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.GivenAnswer & anchorage.v1.GivenAnswer.$Shape} GivenAnswer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.GivenAnswer & anchorage.v1.GivenAnswer.$Shape;

            /**
             * Creates a GivenAnswer message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GivenAnswer
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.GivenAnswer;

            /**
             * Creates a plain object from a GivenAnswer message. Also converts values to other types if specified.
             * @param message GivenAnswer
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.GivenAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GivenAnswer to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GivenAnswer {

            /** Properties of a GivenAnswer. */
            interface $Properties {

                /** GivenAnswer text */
                text?: (string|null);

                /** GivenAnswer ids */
                ids?: (number[]|null);

                /** GivenAnswer finishReason */
                finishReason?: (anchorage.v1.FinishReason|null);

                /** GivenAnswer model */
                model?: (string|null);

                /** GivenAnswer score */
                score?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GivenAnswer. */
            type $Shape = anchorage.v1.GivenAnswer.$Properties;
        }

        /**
         * Properties of a Usage.
         * @deprecated Use anchorage.v1.Usage.$Properties instead.
         */
        interface IUsage extends anchorage.v1.Usage.$Properties {
        }

        /** Represents a Usage. */
        class Usage {

            /**
             * Constructs a new Usage.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Usage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Usage requests. */
            requests: number;

            /** Usage promptTokens. */
            promptTokens: number;

            /** Usage completionTokens. */
            completionTokens: number;

            /** Usage cost. */
            cost?: (number|null);

            /**
             * Creates a new Usage instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Usage instance
             */
            static create(properties: anchorage.v1.Usage.$Shape): anchorage.v1.Usage & anchorage.v1.Usage.$Shape;
            static create(properties?: anchorage.v1.Usage.$Properties): anchorage.v1.Usage;

            /**
             * Encodes the specified Usage message. Does not implicitly {@link anchorage.v1.Usage.verify|verify} messages.
             * @param message Usage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Usage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Usage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Usage & anchorage.v1.Usage.$Shape} Usage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Usage & anchorage.v1.Usage.$Shape;

            /**
             * Creates a Usage message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Usage
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Usage;

            /**
             * Creates a plain object from a Usage message. Also converts values to other types if specified.
             * @param message Usage
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Usage, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Usage to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Usage {

            /** Properties of a Usage. */
            interface $Properties {

                /** Usage requests */
                requests?: (number|null);

                /** Usage promptTokens */
                promptTokens?: (number|null);

                /** Usage completionTokens */
                completionTokens?: (number|null);

                /** Usage cost */
                cost?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Usage. */
            type $Shape = anchorage.v1.Usage.$Properties;
        }

        /**
         * Properties of an AnswerSet.
         * @deprecated Use anchorage.v1.AnswerSet.$Properties instead.
         */
        interface IAnswerSet extends anchorage.v1.AnswerSet.$Properties {
        }

        /** Represents an AnswerSet. */
        class AnswerSet {

            /**
             * Constructs a new AnswerSet.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.AnswerSet.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AnswerSet promptId. */
            promptId: string;

            /** AnswerSet prompt. */
            prompt: string;

            /** AnswerSet answers. */
            answers: anchorage.v1.GivenAnswer.$Properties[];

            /** AnswerSet policyVersion. */
            policyVersion: number;

            /** AnswerSet sampling. */
            sampling?: (anchorage.v1.Sampling.$Properties|null);

            /** AnswerSet history. */
            history: anchorage.v1.Turn.$Properties[];

            /** AnswerSet usage. */
            usage?: (anchorage.v1.Usage.$Properties|null);

            /**
             * Creates a new AnswerSet instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AnswerSet instance
             */
            static create(properties: anchorage.v1.AnswerSet.$Shape): anchorage.v1.AnswerSet & anchorage.v1.AnswerSet.$Shape;
            static create(properties?: anchorage.v1.AnswerSet.$Properties): anchorage.v1.AnswerSet;

            /**
             * Encodes the specified AnswerSet message. Does not implicitly {@link anchorage.v1.AnswerSet.verify|verify} messages.
             * @param message AnswerSet message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.AnswerSet.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AnswerSet message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.AnswerSet & anchorage.v1.AnswerSet.$Shape} AnswerSet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.AnswerSet & anchorage.v1.AnswerSet.$Shape;

            /**
             * Creates an AnswerSet message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AnswerSet
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.AnswerSet;

            /**
             * Creates a plain object from an AnswerSet message. Also converts values to other types if specified.
             * @param message AnswerSet
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.AnswerSet, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AnswerSet to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AnswerSet {

            /** Properties of an AnswerSet. */
            interface $Properties {

                /** AnswerSet promptId */
                promptId?: (string|null);

                /** AnswerSet prompt */
                prompt?: (string|null);

                /** AnswerSet answers */
                answers?: (anchorage.v1.GivenAnswer.$Properties[]|null);

                /** AnswerSet policyVersion */
                policyVersion?: (number|null);

                /** AnswerSet sampling */
                sampling?: (anchorage.v1.Sampling.$Properties|null);

                /** AnswerSet history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** AnswerSet usage */
                usage?: (anchorage.v1.Usage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AnswerSet. */
            type $Shape = anchorage.v1.AnswerSet.$Properties;
        }

        /**
         * Properties of a CompletionPair.
         * @deprecated Use anchorage.v1.CompletionPair.$Properties instead.
         */
        interface ICompletionPair extends anchorage.v1.CompletionPair.$Properties {
        }

        /** Represents a CompletionPair. */
        class CompletionPair {

            /**
             * Constructs a new CompletionPair.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.CompletionPair.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CompletionPair promptId. */
            promptId: string;

            /** CompletionPair prompt. */
            prompt: string;

            /** CompletionPair first. */
            first: string;

            /** CompletionPair second. */
            second: string;

            /** CompletionPair firstFinishReason. */
            firstFinishReason: anchorage.v1.FinishReason;

            /** CompletionPair secondFinishReason. */
            secondFinishReason: anchorage.v1.FinishReason;

            /** CompletionPair policyVersion. */
            policyVersion: number;

            /** CompletionPair sampling. */
            sampling?: (anchorage.v1.Sampling.$Properties|null);

            /** CompletionPair firstIds. */
            firstIds: number[];

            /** CompletionPair secondIds. */
            secondIds: number[];

            /** CompletionPair history. */
            history: anchorage.v1.Turn.$Properties[];

            /** CompletionPair usage. */
            usage?: (anchorage.v1.Usage.$Properties|null);

            /**
             * Creates a new CompletionPair instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CompletionPair instance
             */
            static create(properties: anchorage.v1.CompletionPair.$Shape): anchorage.v1.CompletionPair & anchorage.v1.CompletionPair.$Shape;
            static create(properties?: anchorage.v1.CompletionPair.$Properties): anchorage.v1.CompletionPair;

            /**
             * Encodes the specified CompletionPair message. Does not implicitly {@link anchorage.v1.CompletionPair.verify|verify} messages.
             * @param message CompletionPair message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.CompletionPair.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CompletionPair message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.CompletionPair & anchorage.v1.CompletionPair.$Shape} CompletionPair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.CompletionPair & anchorage.v1.CompletionPair.$Shape;

            /**
             * Creates a CompletionPair message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns CompletionPair
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.CompletionPair;

            /**
             * Creates a plain object from a CompletionPair message. Also converts values to other types if specified.
             * @param message CompletionPair
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.CompletionPair, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this CompletionPair to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace CompletionPair {

            /** Properties of a CompletionPair. */
            interface $Properties {

                /** CompletionPair promptId */
                promptId?: (string|null);

                /** CompletionPair prompt */
                prompt?: (string|null);

                /** CompletionPair first */
                first?: (string|null);

                /** CompletionPair second */
                second?: (string|null);

                /** CompletionPair firstFinishReason */
                firstFinishReason?: (anchorage.v1.FinishReason|null);

                /** CompletionPair secondFinishReason */
                secondFinishReason?: (anchorage.v1.FinishReason|null);

                /** CompletionPair policyVersion */
                policyVersion?: (number|null);

                /** CompletionPair sampling */
                sampling?: (anchorage.v1.Sampling.$Properties|null);

                /** CompletionPair firstIds */
                firstIds?: (number[]|null);

                /** CompletionPair secondIds */
                secondIds?: (number[]|null);

                /** CompletionPair history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** CompletionPair usage */
                usage?: (anchorage.v1.Usage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CompletionPair. */
            type $Shape = anchorage.v1.CompletionPair.$Properties;
        }

        /**
         * Properties of a MetricRow.
         * @deprecated Use anchorage.v1.MetricRow.$Properties instead.
         */
        interface IMetricRow extends anchorage.v1.MetricRow.$Properties {
        }

        /** Represents a MetricRow. */
        class MetricRow {

            /**
             * Constructs a new MetricRow.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.MetricRow.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MetricRow actor. */
            actor: string;

            /** MetricRow index. */
            index: number;

            /** MetricRow timeUnixMs. */
            timeUnixMs: number;

            /** MetricRow step. */
            step?: (number|null);

            /** MetricRow policyVersion. */
            policyVersion?: (number|null);

            /** MetricRow objective. */
            objective: string;

            /** MetricRow objectiveRevision. */
            objectiveRevision?: (number|null);

            /** MetricRow values. */
            values: { [k: string]: number };

            /**
             * Creates a new MetricRow instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MetricRow instance
             */
            static create(properties: anchorage.v1.MetricRow.$Shape): anchorage.v1.MetricRow & anchorage.v1.MetricRow.$Shape;
            static create(properties?: anchorage.v1.MetricRow.$Properties): anchorage.v1.MetricRow;

            /**
             * Encodes the specified MetricRow message. Does not implicitly {@link anchorage.v1.MetricRow.verify|verify} messages.
             * @param message MetricRow message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.MetricRow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MetricRow message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.MetricRow & anchorage.v1.MetricRow.$Shape} MetricRow
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.MetricRow & anchorage.v1.MetricRow.$Shape;

            /**
             * Creates a MetricRow message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns MetricRow
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.MetricRow;

            /**
             * Creates a plain object from a MetricRow message. Also converts values to other types if specified.
             * @param message MetricRow
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.MetricRow, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this MetricRow to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace MetricRow {

            /** Properties of a MetricRow. */
            interface $Properties {

                /** MetricRow actor */
                actor?: (string|null);

                /** MetricRow index */
                index?: (number|null);

                /** MetricRow timeUnixMs */
                timeUnixMs?: (number|null);

                /** MetricRow step */
                step?: (number|null);

                /** MetricRow policyVersion */
                policyVersion?: (number|null);

                /** MetricRow objective */
                objective?: (string|null);

                /** MetricRow objectiveRevision */
                objectiveRevision?: (number|null);

                /** MetricRow values */
                values?: ({ [k: string]: number }|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MetricRow. */
            type $Shape = anchorage.v1.MetricRow.$Properties;
        }

        /**
         * Properties of an Alert.
         * @deprecated Use anchorage.v1.Alert.$Properties instead.
         */
        interface IAlert extends anchorage.v1.Alert.$Properties {
        }

        /** Represents an Alert. */
        class Alert {

            /**
             * Constructs a new Alert.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Alert.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Alert rule. */
            rule: string;

            /** Alert step. */
            step: number;

            /** Alert objectiveRevision. */
            objectiveRevision: number;

            /** Alert evidence. */
            evidence: string;

            /** Alert remedy. */
            remedy: string;

            /** Alert action. */
            action: string;

            /** Alert timeUnixMs. */
            timeUnixMs: number;

            /**
             * Creates a new Alert instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Alert instance
             */
            static create(properties: anchorage.v1.Alert.$Shape): anchorage.v1.Alert & anchorage.v1.Alert.$Shape;
            static create(properties?: anchorage.v1.Alert.$Properties): anchorage.v1.Alert;

            /**
             * Encodes the specified Alert message. Does not implicitly {@link anchorage.v1.Alert.verify|verify} messages.
             * @param message Alert message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Alert.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Alert message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Alert & anchorage.v1.Alert.$Shape} Alert
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Alert & anchorage.v1.Alert.$Shape;

            /**
             * Creates an Alert message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Alert
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Alert;

            /**
             * Creates a plain object from an Alert message. Also converts values to other types if specified.
             * @param message Alert
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Alert, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Alert to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Alert {

            /** Properties of an Alert. */
            interface $Properties {

                /** Alert rule */
                rule?: (string|null);

                /** Alert step */
                step?: (number|null);

                /** Alert objectiveRevision */
                objectiveRevision?: (number|null);

                /** Alert evidence */
                evidence?: (string|null);

                /** Alert remedy */
                remedy?: (string|null);

                /** Alert action */
                action?: (string|null);

                /** Alert timeUnixMs */
                timeUnixMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Alert. */
            type $Shape = anchorage.v1.Alert.$Properties;
        }

        /** Better enum. */
        enum Better {

            /** BETTER_UNSPECIFIED value */
            BETTER_UNSPECIFIED = 0,

            /** BETTER_CHOSEN value */
            BETTER_CHOSEN = 1,

            /** BETTER_FRESH value */
            BETTER_FRESH = 2,

            /** BETTER_NEITHER value */
            BETTER_NEITHER = 3
        }

        /**
         * Properties of a Comparison.
         * @deprecated Use anchorage.v1.Comparison.$Properties instead.
         */
        interface IComparison extends anchorage.v1.Comparison.$Properties {
        }

        /** Represents a Comparison. */
        class Comparison {

            /**
             * Constructs a new Comparison.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Comparison.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Comparison promptId. */
            promptId: string;

            /** Comparison prompt. */
            prompt: string;

            /** Comparison history. */
            history: anchorage.v1.Turn.$Properties[];

            /** Comparison chosen. */
            chosen: string;

            /** Comparison fresh. */
            fresh: string;

            /** Comparison policyVersion. */
            policyVersion: number;

            /** Comparison better. */
            better: anchorage.v1.Better;

            /** Comparison rationale. */
            rationale: string;

            /** Comparison model. */
            model: string;

            /**
             * Creates a new Comparison instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Comparison instance
             */
            static create(properties: anchorage.v1.Comparison.$Shape): anchorage.v1.Comparison & anchorage.v1.Comparison.$Shape;
            static create(properties?: anchorage.v1.Comparison.$Properties): anchorage.v1.Comparison;

            /**
             * Encodes the specified Comparison message. Does not implicitly {@link anchorage.v1.Comparison.verify|verify} messages.
             * @param message Comparison message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Comparison.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Comparison message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Comparison & anchorage.v1.Comparison.$Shape} Comparison
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Comparison & anchorage.v1.Comparison.$Shape;

            /**
             * Creates a Comparison message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Comparison
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Comparison;

            /**
             * Creates a plain object from a Comparison message. Also converts values to other types if specified.
             * @param message Comparison
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Comparison, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Comparison to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Comparison {

            /** Properties of a Comparison. */
            interface $Properties {

                /** Comparison promptId */
                promptId?: (string|null);

                /** Comparison prompt */
                prompt?: (string|null);

                /** Comparison history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** Comparison chosen */
                chosen?: (string|null);

                /** Comparison fresh */
                fresh?: (string|null);

                /** Comparison policyVersion */
                policyVersion?: (number|null);

                /** Comparison better */
                better?: (anchorage.v1.Better|null);

                /** Comparison rationale */
                rationale?: (string|null);

                /** Comparison model */
                model?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Comparison. */
            type $Shape = anchorage.v1.Comparison.$Properties;
        }

        /**
         * Properties of an Advice.
         * @deprecated Use anchorage.v1.Advice.$Properties instead.
         */
        interface IAdvice extends anchorage.v1.Advice.$Properties {
        }

        /** Represents an Advice. */
        class Advice {

            /**
             * Constructs a new Advice.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Advice.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Advice policyVersion. */
            policyVersion: number;

            /** Advice step. */
            step: number;

            /** Advice objective. */
            objective: string;

            /** Advice evidence. */
            evidence: string;

            /** Advice wins. */
            wins: number;

            /** Advice losses. */
            losses: number;

            /** Advice undecided. */
            undecided: number;

            /** Advice reason. */
            reason: string;

            /** Advice timeUnixMs. */
            timeUnixMs: number;

            /**
             * Creates a new Advice instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Advice instance
             */
            static create(properties: anchorage.v1.Advice.$Shape): anchorage.v1.Advice & anchorage.v1.Advice.$Shape;
            static create(properties?: anchorage.v1.Advice.$Properties): anchorage.v1.Advice;

            /**
             * Encodes the specified Advice message. Does not implicitly {@link anchorage.v1.Advice.verify|verify} messages.
             * @param message Advice message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Advice.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Advice message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Advice & anchorage.v1.Advice.$Shape} Advice
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Advice & anchorage.v1.Advice.$Shape;

            /**
             * Creates an Advice message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Advice
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Advice;

            /**
             * Creates a plain object from an Advice message. Also converts values to other types if specified.
             * @param message Advice
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Advice, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Advice to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Advice {

            /** Properties of an Advice. */
            interface $Properties {

                /** Advice policyVersion */
                policyVersion?: (number|null);

                /** Advice step */
                step?: (number|null);

                /** Advice objective */
                objective?: (string|null);

                /** Advice evidence */
                evidence?: (string|null);

                /** Advice wins */
                wins?: (number|null);

                /** Advice losses */
                losses?: (number|null);

                /** Advice undecided */
                undecided?: (number|null);

                /** Advice reason */
                reason?: (string|null);

                /** Advice timeUnixMs */
                timeUnixMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Advice. */
            type $Shape = anchorage.v1.Advice.$Properties;
        }

        /** PreferenceSource enum. */
        enum PreferenceSource {

            /** PREFERENCE_SOURCE_UNSPECIFIED value */
            PREFERENCE_SOURCE_UNSPECIFIED = 0,

            /** PREFERENCE_SOURCE_REVISION value */
            PREFERENCE_SOURCE_REVISION = 1,

            /** PREFERENCE_SOURCE_JUDGMENT value */
            PREFERENCE_SOURCE_JUDGMENT = 2,

            /** PREFERENCE_SOURCE_STRONGER value */
            PREFERENCE_SOURCE_STRONGER = 3,

            /** PREFERENCE_SOURCE_BEST_OF value */
            PREFERENCE_SOURCE_BEST_OF = 4,

            /** PREFERENCE_SOURCE_OFF_POLICY value */
            PREFERENCE_SOURCE_OFF_POLICY = 5
        }

        /**
         * Properties of a CandidatePair.
         * @deprecated Use anchorage.v1.CandidatePair.$Properties instead.
         */
        interface ICandidatePair extends anchorage.v1.CandidatePair.$Properties {
        }

        /** Represents a CandidatePair. */
        class CandidatePair {

            /**
             * Constructs a new CandidatePair.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.CandidatePair.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CandidatePair promptId. */
            promptId: string;

            /** CandidatePair prompt. */
            prompt: string;

            /** CandidatePair chosen. */
            chosen: string;

            /** CandidatePair rejected. */
            rejected: string;

            /** CandidatePair source. */
            source: anchorage.v1.PreferenceSource;

            /** CandidatePair rationale. */
            rationale: string;

            /** CandidatePair policyVersion. */
            policyVersion: number;

            /** CandidatePair model. */
            model: string;

            /** CandidatePair requestId. */
            requestId: string;

            /** CandidatePair finishReason. */
            finishReason: anchorage.v1.FinishReason;

            /** CandidatePair sampling. */
            sampling?: (anchorage.v1.Sampling.$Properties|null);

            /** CandidatePair chosenIds. */
            chosenIds: number[];

            /** CandidatePair rejectedIds. */
            rejectedIds: number[];

            /** CandidatePair history. */
            history: anchorage.v1.Turn.$Properties[];

            /** CandidatePair usage. */
            usage?: (anchorage.v1.Usage.$Properties|null);

            /**
             * Creates a new CandidatePair instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CandidatePair instance
             */
            static create(properties: anchorage.v1.CandidatePair.$Shape): anchorage.v1.CandidatePair & anchorage.v1.CandidatePair.$Shape;
            static create(properties?: anchorage.v1.CandidatePair.$Properties): anchorage.v1.CandidatePair;

            /**
             * Encodes the specified CandidatePair message. Does not implicitly {@link anchorage.v1.CandidatePair.verify|verify} messages.
             * @param message CandidatePair message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.CandidatePair.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CandidatePair message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.CandidatePair & anchorage.v1.CandidatePair.$Shape} CandidatePair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.CandidatePair & anchorage.v1.CandidatePair.$Shape;

            /**
             * Creates a CandidatePair message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns CandidatePair
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.CandidatePair;

            /**
             * Creates a plain object from a CandidatePair message. Also converts values to other types if specified.
             * @param message CandidatePair
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.CandidatePair, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this CandidatePair to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace CandidatePair {

            /** Properties of a CandidatePair. */
            interface $Properties {

                /** CandidatePair promptId */
                promptId?: (string|null);

                /** CandidatePair prompt */
                prompt?: (string|null);

                /** CandidatePair chosen */
                chosen?: (string|null);

                /** CandidatePair rejected */
                rejected?: (string|null);

                /** CandidatePair source */
                source?: (anchorage.v1.PreferenceSource|null);

                /** CandidatePair rationale */
                rationale?: (string|null);

                /** CandidatePair policyVersion */
                policyVersion?: (number|null);

                /** CandidatePair model */
                model?: (string|null);

                /** CandidatePair requestId */
                requestId?: (string|null);

                /** CandidatePair finishReason */
                finishReason?: (anchorage.v1.FinishReason|null);

                /** CandidatePair sampling */
                sampling?: (anchorage.v1.Sampling.$Properties|null);

                /** CandidatePair chosenIds */
                chosenIds?: (number[]|null);

                /** CandidatePair rejectedIds */
                rejectedIds?: (number[]|null);

                /** CandidatePair history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** CandidatePair usage */
                usage?: (anchorage.v1.Usage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CandidatePair. */
            type $Shape = anchorage.v1.CandidatePair.$Properties;
        }

        /**
         * Properties of a PreferencePair.
         * @deprecated Use anchorage.v1.PreferencePair.$Properties instead.
         */
        interface IPreferencePair extends anchorage.v1.PreferencePair.$Properties {
        }

        /** Represents a PreferencePair. */
        class PreferencePair {

            /**
             * Constructs a new PreferencePair.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.PreferencePair.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PreferencePair promptId. */
            promptId: string;

            /** PreferencePair prompt. */
            prompt: string;

            /** PreferencePair chosen. */
            chosen: string;

            /** PreferencePair rejected. */
            rejected: string;

            /** PreferencePair source. */
            source: anchorage.v1.PreferenceSource;

            /** PreferencePair policyVersion. */
            policyVersion: number;

            /** PreferencePair referenceChosenLogps. */
            referenceChosenLogps: number;

            /** PreferencePair referenceRejectedLogps. */
            referenceRejectedLogps: number;

            /** PreferencePair sampling. */
            sampling?: (anchorage.v1.Sampling.$Properties|null);

            /** PreferencePair readyUnixMs. */
            readyUnixMs?: (number|null);

            /** PreferencePair promptIds. */
            promptIds: number[];

            /** PreferencePair chosenIds. */
            chosenIds: number[];

            /** PreferencePair rejectedIds. */
            rejectedIds: number[];

            /** PreferencePair rationale. */
            rationale?: (string|null);

            /** PreferencePair model. */
            model?: (string|null);

            /** PreferencePair history. */
            history: anchorage.v1.Turn.$Properties[];

            /** PreferencePair usage. */
            usage?: (anchorage.v1.Usage.$Properties|null);

            /**
             * Creates a new PreferencePair instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PreferencePair instance
             */
            static create(properties: anchorage.v1.PreferencePair.$Shape): anchorage.v1.PreferencePair & anchorage.v1.PreferencePair.$Shape;
            static create(properties?: anchorage.v1.PreferencePair.$Properties): anchorage.v1.PreferencePair;

            /**
             * Encodes the specified PreferencePair message. Does not implicitly {@link anchorage.v1.PreferencePair.verify|verify} messages.
             * @param message PreferencePair message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.PreferencePair.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PreferencePair message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.PreferencePair & anchorage.v1.PreferencePair.$Shape} PreferencePair
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.PreferencePair & anchorage.v1.PreferencePair.$Shape;

            /**
             * Creates a PreferencePair message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PreferencePair
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.PreferencePair;

            /**
             * Creates a plain object from a PreferencePair message. Also converts values to other types if specified.
             * @param message PreferencePair
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.PreferencePair, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PreferencePair to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace PreferencePair {

            /** Properties of a PreferencePair. */
            interface $Properties {

                /** PreferencePair promptId */
                promptId?: (string|null);

                /** PreferencePair prompt */
                prompt?: (string|null);

                /** PreferencePair chosen */
                chosen?: (string|null);

                /** PreferencePair rejected */
                rejected?: (string|null);

                /** PreferencePair source */
                source?: (anchorage.v1.PreferenceSource|null);

                /** PreferencePair policyVersion */
                policyVersion?: (number|null);

                /** PreferencePair referenceChosenLogps */
                referenceChosenLogps?: (number|null);

                /** PreferencePair referenceRejectedLogps */
                referenceRejectedLogps?: (number|null);

                /** PreferencePair sampling */
                sampling?: (anchorage.v1.Sampling.$Properties|null);

                /** PreferencePair readyUnixMs */
                readyUnixMs?: (number|null);

                /** PreferencePair promptIds */
                promptIds?: (number[]|null);

                /** PreferencePair chosenIds */
                chosenIds?: (number[]|null);

                /** PreferencePair rejectedIds */
                rejectedIds?: (number[]|null);

                /** PreferencePair rationale */
                rationale?: (string|null);

                /** PreferencePair model */
                model?: (string|null);

                /** PreferencePair history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** PreferencePair usage */
                usage?: (anchorage.v1.Usage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PreferencePair. */
            type $Shape = anchorage.v1.PreferencePair.$Properties;
        }

        /** RejectionReason enum. */
        enum RejectionReason {

            /** REJECTION_REASON_UNSPECIFIED value */
            REJECTION_REASON_UNSPECIFIED = 0,

            /** REJECTION_REASON_FORMAT value */
            REJECTION_REASON_FORMAT = 1,

            /** REJECTION_REASON_LENGTH value */
            REJECTION_REASON_LENGTH = 2,

            /** REJECTION_REASON_UNCHANGED value */
            REJECTION_REASON_UNCHANGED = 3,

            /** REJECTION_REASON_EMPTY value */
            REJECTION_REASON_EMPTY = 4,

            /** REJECTION_REASON_TRUNCATED value */
            REJECTION_REASON_TRUNCATED = 5,

            /** REJECTION_REASON_ENDPOINT value */
            REJECTION_REASON_ENDPOINT = 6,

            /** REJECTION_REASON_UNREADABLE value */
            REJECTION_REASON_UNREADABLE = 7,

            /** REJECTION_REASON_STALE value */
            REJECTION_REASON_STALE = 8,

            /** REJECTION_REASON_TOO_LARGE value */
            REJECTION_REASON_TOO_LARGE = 9,

            /** REJECTION_REASON_TIE value */
            REJECTION_REASON_TIE = 10,

            /** REJECTION_REASON_DISAGREEMENT value */
            REJECTION_REASON_DISAGREEMENT = 11,

            /** REJECTION_REASON_NEAR_DUPLICATE value */
            REJECTION_REASON_NEAR_DUPLICATE = 12,

            /** REJECTION_REASON_ALLUSION value */
            REJECTION_REASON_ALLUSION = 13,

            /** REJECTION_REASON_LANGUAGE value */
            REJECTION_REASON_LANGUAGE = 14,

            /** REJECTION_REASON_TOO_LONG value */
            REJECTION_REASON_TOO_LONG = 15,

            /** REJECTION_REASON_OWN_FILTER value */
            REJECTION_REASON_OWN_FILTER = 16
        }

        /**
         * Properties of a Rejection.
         * @deprecated Use anchorage.v1.Rejection.$Properties instead.
         */
        interface IRejection extends anchorage.v1.Rejection.$Properties {
        }

        /** Represents a Rejection. */
        class Rejection {

            /**
             * Constructs a new Rejection.
             * @param [properties] Properties to set
             */
            constructor(properties?: anchorage.v1.Rejection.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rejection promptId. */
            promptId: string;

            /** Rejection actor. */
            actor: string;

            /** Rejection reason. */
            reason: anchorage.v1.RejectionReason;

            /** Rejection detail. */
            detail: string;

            /** Rejection channel. */
            channel?: (string|null);

            /** Rejection prompt. */
            prompt?: (string|null);

            /** Rejection completions. */
            completions: string[];

            /** Rejection reply. */
            reply?: (string|null);

            /** Rejection truncated. */
            truncated?: (boolean|null);

            /** Rejection history. */
            history: anchorage.v1.Turn.$Properties[];

            /**
             * Creates a new Rejection instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Rejection instance
             */
            static create(properties: anchorage.v1.Rejection.$Shape): anchorage.v1.Rejection & anchorage.v1.Rejection.$Shape;
            static create(properties?: anchorage.v1.Rejection.$Properties): anchorage.v1.Rejection;

            /**
             * Encodes the specified Rejection message. Does not implicitly {@link anchorage.v1.Rejection.verify|verify} messages.
             * @param message Rejection message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: anchorage.v1.Rejection.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rejection message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {anchorage.v1.Rejection & anchorage.v1.Rejection.$Shape} Rejection
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): anchorage.v1.Rejection & anchorage.v1.Rejection.$Shape;

            /**
             * Creates a Rejection message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Rejection
             */
            static fromObject(object: { [k: string]: any }): anchorage.v1.Rejection;

            /**
             * Creates a plain object from a Rejection message. Also converts values to other types if specified.
             * @param message Rejection
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: anchorage.v1.Rejection, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Rejection to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Rejection {

            /** Properties of a Rejection. */
            interface $Properties {

                /** Rejection promptId */
                promptId?: (string|null);

                /** Rejection actor */
                actor?: (string|null);

                /** Rejection reason */
                reason?: (anchorage.v1.RejectionReason|null);

                /** Rejection detail */
                detail?: (string|null);

                /** Rejection channel */
                channel?: (string|null);

                /** Rejection prompt */
                prompt?: (string|null);

                /** Rejection completions */
                completions?: (string[]|null);

                /** Rejection reply */
                reply?: (string|null);

                /** Rejection truncated */
                truncated?: (boolean|null);

                /** Rejection history */
                history?: (anchorage.v1.Turn.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Rejection. */
            type $Shape = anchorage.v1.Rejection.$Properties;
        }
    }
}
