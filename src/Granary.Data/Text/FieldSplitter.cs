using System.Text;

namespace Granary.Data.Text;

/// <summary>Splits a line at its delimiters, with quoted fields (RFC 4180 without quoted line feeds).</summary>
internal static class FieldSplitter
{
    /// <returns>The fields without their quotes; null if a quotation mark is not closed.</returns>
    public static List<string>? Split(ReadOnlySpan<byte> line, char delimiter) => Split(Encoding.UTF8.GetString(line), delimiter);

    /// <inheritdoc cref="Split(ReadOnlySpan{byte}, char)"/>
    public static List<string>? Split(string line, char delimiter)
    {
        var fields = new List<string>();
        var i = 0;
        while (true)
        {
            if (i < line.Length && line[i] == '"')
            {
                var field = new StringBuilder();
                i++;
                while (true)
                {
                    if (i >= line.Length) return null;
                    if (line[i] != '"')
                    {
                        field.Append(line[i++]);
                    }
                    else if (i + 1 < line.Length && line[i + 1] == '"')
                    {
                        field.Append('"');
                        i += 2;
                    }
                    else
                    {
                        i++;
                        break;
                    }
                }
                var rest = line.IndexOf(delimiter, i);
                // Text between the closing quote and the delimiter belongs to the field, so that it is reported as a fault.
                field.Append(line.AsSpan(i, (rest < 0 ? line.Length : rest) - i).TrimEnd(' '));
                fields.Add(field.ToString());
                i = rest < 0 ? line.Length : rest;
            }
            else
            {
                var next = line.IndexOf(delimiter, i);
                if (next < 0) next = line.Length;
                fields.Add(line[i..next]);
                i = next;
            }
            if (i >= line.Length) return fields;
            i++;
        }
    }
}
