/** What a template is made of, once it is parsed. */

export type Expression =
  | {readonly kind: 'constant'; readonly value: null | boolean | bigint | number | string}
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[]}
  | {readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[]}
  | {readonly kind: 'attribute'; readonly object: Expression; readonly name: string}
  | {readonly kind: 'item'; readonly object: Expression; readonly key: Expression}
  | {
      readonly kind: 'slice';
      readonly object: Expression;
      /** start, stop and step. */
      readonly bounds: readonly (Expression | undefined)[];
    }
  | {readonly kind: 'call'; readonly callee: Expression; readonly args: Arguments}
  | {
      readonly kind: 'filter' | 'test';
      readonly input: Expression;
      readonly name: string;
      readonly args: Arguments;
    }
  | {readonly kind: 'unary'; readonly operator: 'not' | '-' | '+'; readonly operand: Expression}
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'logical';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {readonly kind: 'concat'; readonly parts: readonly Expression[]}
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly {readonly operator: CompareOperator; readonly operand: Expression}[];
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | undefined;
    };

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
  /** After `*`. */
  readonly more?: Expression | undefined;
  /** After `**`. */
  readonly moreNamed?: Expression | undefined;
}

/** What is assigned to. */
export type Target =
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'namespace'; readonly name: string; readonly attribute: string}
  | {readonly kind: 'targets'; readonly items: readonly Target[]};

export interface Parameter {
  readonly name: string;
  readonly default: Expression | undefined;
}

/** Statements with names of their own; what they set is not seen outside. */
export interface Block {
  readonly body: readonly Statement[];
  /** Names that are there when the body begins. */
  readonly parameters: readonly string[];
  /** Evaluated inside, before the body. */
  readonly defaults?: readonly Expression[];
}

/** A filter of a block: its input is the block's text. */
export interface BlockFilter {
  readonly name: string;
  readonly args: Arguments;
}

export type Statement =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'print'; readonly value: Expression}
  | {
      readonly kind: 'if';
      readonly branches: readonly {readonly test: Expression; readonly body: readonly Statement[]}[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly items: Expression;
      readonly test: Expression | undefined;
      readonly testBlock: Block;
      readonly body: Block;
      readonly otherwise: Block;
    }
  | {readonly kind: 'set'; readonly target: Target; readonly value: Expression}
  | {
      readonly kind: 'set block';
      readonly target: Target;
      readonly filters: readonly BlockFilter[];
      readonly block: Block;
    }
  | {
      readonly kind: 'with';
      readonly targets: readonly Target[];
      readonly values: readonly Expression[];
      readonly block: Block;
    }
  | {readonly kind: 'filter block'; readonly filters: readonly BlockFilter[]; readonly block: Block}
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly block: Block;
    }
  | {
      readonly kind: 'call block';
      readonly call: Extract<Expression, {kind: 'call'}>;
      readonly parameters: readonly Parameter[];
      readonly block: Block;
    }
  /** transformers' own: the answers of a conversation, for masks. It renders what it holds. */
  | {readonly kind: 'generation'; readonly block: Block}
  | {readonly kind: 'break' | 'continue'};
