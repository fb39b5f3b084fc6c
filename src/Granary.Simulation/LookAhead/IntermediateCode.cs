using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Granary.Simulation.LookAhead;

/// <summary>An instruction of a method.</summary>
/// <param name="Token">The member, type, signature or string that it names; the nil handle for all other operands.</param>
internal readonly record struct Instruction(OpCode Code, EntityHandle Token);

/// <summary>Reads the instructions of a method body (ECMA-335, partition III).</summary>
internal static class IntermediateCode
{
    private static readonly FrozenDictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToFrozenDictionary(code => code.Value);

    /// <exception cref="InvalidDataException">The code has an unknown instruction.</exception>
    public static IReadOnlyList<Instruction> Read(BlobReader code)
    {
        var instructions = new List<Instruction>();
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE) value = unchecked((short)(0xFE00 | code.ReadByte()));
            if (!s_codes.TryGetValue(value, out var opcode)) throw new InvalidDataException($"unknown instruction 0x{value:x}");
            var token = default(EntityHandle);
            switch (opcode.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
                    or OperandType.InlineSig:
                    token = MetadataTokens.EntityHandle(code.ReadInt32());
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
            instructions.Add(new Instruction(opcode, token));
        }
        return instructions;
    }
}
