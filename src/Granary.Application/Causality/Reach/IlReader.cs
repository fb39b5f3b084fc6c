using System.Collections.Frozen;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Granary.Application.Causality.Reach;

/// <summary>One instruction of a method's body.</summary>
/// <param name="Token">Metadata token of its operand; 0 where it has none.</param>
internal readonly record struct IlInstruction(OpCode Code, int Token);

/// <summary>Reads the instructions of a method's body.</summary>
internal static class IlReader
{
    private static readonly FrozenDictionary<short, OpCode> Codes = typeof(OpCodes).GetFields().Where(f => f.FieldType == typeof(OpCode))
        .Select(f => (OpCode)f.GetValue(null)!).ToFrozenDictionary(c => c.Value);

    /// <exception cref="InvalidDataException">The body is damaged.</exception>
    public static List<IlInstruction> Read(BlobReader il)
    {
        var instructions = new List<IlInstruction>();
        while (il.RemainingBytes > 0)
        {
            short value = il.ReadByte();
            if (value == 0xFE) value = unchecked((short)(0xFE00 | il.ReadByte()));
            if (!Codes.TryGetValue(value, out var code)) throw new InvalidDataException($"unknown instruction {value:X}");
            var token = 0;
            switch (code.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                    or OperandType.InlineSig or OperandType.InlineString:
                    token = il.ReadInt32();
                    break;
                case OperandType.InlineSwitch:
                    il.Offset += 4 * il.ReadInt32();
                    break;
                default:
                    il.Offset += SizeOf(code.OperandType);
                    break;
            }
            instructions.Add(new IlInstruction(code, token));
        }
        return instructions;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
