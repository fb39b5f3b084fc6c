using System.Text;

namespace Granary.Data.Tests.Fuzz;

/// <summary>Seeded damage to a text: what broken exports, hand edits, cut downloads and bad luck do.</summary>
public static class Mutation
{
    private static readonly string[] Tokens =
        ["NaN", "null", "Infinity", "-", "+", ",", ",,", "\"", "\n", "\r", "\r\n", "\0", "é", "1e400", "1e-3", "0", "00", ".", "..", "9",
            "99999999999999999999", "0.1", "-1", " ", "\t", ";", "/", ":", "Z", "+01:00", "T", "PM", "2020-02-30", "1580376600000", "[",
            "]", "{", "#", "time", "open", "\uFEFF", "١"];

    /// <summary>One to four changes at random places.</summary>
    public static byte[] Of(byte[] text, Random random)
    {
        var bytes = new List<byte>(text);
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(10))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 6), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 4:
                    bytes.Insert(at, bytes[random.Next(bytes.Count)]);
                    break;
                case 5:
                    if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 6:
                    // A digit for a digit: wrong, but well formed.
                    if (char.IsAsciiDigit((char)bytes[at])) bytes[at] = (byte)('0' + random.Next(10));
                    break;
                case 7:
                    var field = Field(bytes, at, (byte)',');
                    bytes.RemoveRange(field.Start, field.Length);
                    bytes.InsertRange(field.Start, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 8:
                    var line = Field(bytes, at, (byte)'\n');
                    var copy = bytes.GetRange(line.Start, line.Length);
                    copy.Add((byte)'\n');
                    bytes.InsertRange(Field(bytes, random.Next(bytes.Count), (byte)'\n').Start, copy);
                    break;
                default:
                    var gone = Field(bytes, at, (byte)'\n');
                    bytes.RemoveRange(gone.Start, Math.Min(gone.Length + 1, bytes.Count - gone.Start));
                    break;
            }
        }
        return [.. bytes];
    }

    private static (int Start, int Length) Field(List<byte> bytes, int at, byte delimiter)
    {
        var start = at;
        while (start > 0 && bytes[start - 1] != delimiter && bytes[start - 1] != '\n') start--;
        var end = at;
        while (end < bytes.Count && bytes[end] != delimiter && bytes[end] != '\n') end++;
        return (start, end - start);
    }
}
