import { ModelError } from "../../errors.ts";
import type { CharacterSet } from "../characters.ts";
import { fixedLength, type Node, type Place } from "./syntax.ts";

export type Instruction =
  | { type: "set"; has: CharacterSet }
  /** Tries `first`, then `second`. */
  | { type: "choice"; first: number; second: number; number: number }
  | { type: "jump"; to: number }
  | { type: "assert"; place: Place }
  /** Goes on at `next` if `body`, from `back` characters before, does or does not match. */
  | { type: "look"; body: number; next: number; back: number; isNegative: boolean }
  /** Goes on at `next` where `body`'s first match ends. */
  | { type: "atomic"; body: number; next: number }
  | { type: "match" };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** How many of them are choices. */
  readonly choices: number;
}

/** Counted repetitions are written out. */
const MAX_INSTRUCTIONS = 5000;

/** @throws ModelError if the expression is too large. */
export function compile(node: Node): Program {
  const compiler = new Compiler();
  compiler.add(node);
  compiler.instructions.push({ type: "match" });
  return compiler;
}

class Compiler implements Program {
  readonly instructions: Instruction[] = [];
  choices = 0;

  add(node: Node): void {
    if (this.instructions.length > MAX_INSTRUCTIONS) {
      throw new ModelError("the regular expression is too large: it repeats too much");
    }
    switch (node.type) {
      case "set":
      case "assert":
        this.instructions.push(node);
        break;
      case "sequence":
        for (const part of node.parts) this.add(part);
        break;
      case "choice":
        this.#addChoice(node.options);
        break;
      case "repeat":
        if (node.kind === "possessive") this.add({ type: "atomic", body: { ...node, kind: "greedy" } });
        else this.#addRepeat(node);
        break;
      case "atomic": {
        const instruction = { type: "atomic" as const, body: this.instructions.length + 1, next: 0 };
        this.instructions.push(instruction);
        instruction.next = this.#addPart(node.body);
        break;
      }
      case "look":
        this.#addLook(node);
        break;
    }
  }

  /** A part that is run by itself; returns where the program goes on. */
  #addPart(body: Node): number {
    this.add(body);
    this.instructions.push({ type: "match" });
    return this.instructions.length;
  }

  #choice(): Extract<Instruction, { type: "choice" }> {
    const choice = { type: "choice" as const, first: 0, second: 0, number: this.choices++ };
    this.instructions.push(choice);
    return choice;
  }

  #addChoice(options: readonly Node[]): void {
    const jumps: { type: "jump"; to: number }[] = [];
    options.forEach((option, i) => {
      if (i === options.length - 1) {
        this.add(option);
        return;
      }
      const choice = this.#choice();
      choice.first = this.instructions.length;
      this.add(option);
      const jump = { type: "jump" as const, to: 0 };
      this.instructions.push(jump);
      jumps.push(jump);
      choice.second = this.instructions.length;
    });
    for (const jump of jumps) jump.to = this.instructions.length;
  }

  #addRepeat({ body, min, max, kind }: Extract<Node, { type: "repeat" }>): void {
    const size = this.instructions.length;
    for (let i = 0; i < min; i++) {
      this.add(body);
      // Nothing, however often.
      if (this.instructions.length === size) return;
    }
    const enter = (choice: Extract<Instruction, { type: "choice" }>, inside: number, after: number) => {
      choice.first = kind === "lazy" ? after : inside;
      choice.second = kind === "lazy" ? inside : after;
    };
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.instructions.length;
      const choice = this.#choice();
      this.add(body);
      this.instructions.push({ type: "jump", to: start });
      enter(choice, start + 1, this.instructions.length);
      return;
    }
    const choices: [Extract<Instruction, { type: "choice" }>, number][] = [];
    for (let i = min; i < max; i++) {
      const choice = this.#choice();
      choices.push([choice, this.instructions.length]);
      this.add(body);
    }
    for (const [choice, inside] of choices) enter(choice, inside, this.instructions.length);
  }

  #addLook({ body, isBehind, isNegative }: Extract<Node, { type: "look" }>): void {
    const options = isBehind && body.type === "choice" ? body.options : [body];
    const looks = options.map((option): Node => ({ type: "look", body: option, isBehind, isNegative }));
    if (looks.length > 1) {
      // Behind is one of them; or none of them.
      this.add(isNegative ? { type: "sequence", parts: looks } : { type: "choice", options: looks });
      return;
    }
    const back = isBehind ? (fixedLength(body) ?? 0) : 0;
    const instruction = {
      type: "look" as const,
      body: this.instructions.length + 1,
      next: 0,
      back,
      isNegative,
    };
    this.instructions.push(instruction);
    instruction.next = this.#addPart(body);
  }
}
