namespace Granary.Data.Text;

/// <summary>Finds one field of a row without splitting the others.</summary>
internal static class RowField
{
    /// <summary>Returns the field without surrounding blanks and quotation marks; empty if the row has fewer fields.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, byte delimiter, int column)
    {
        for (var i = 0; i < column; i++)
        {
            var end = line.Length > 0 && line[0] == '"' && line[1..].IndexOf((byte)'"') is >= 0 and var quote ? quote + 2 : 0;
            var next = line[end..].IndexOf(delimiter);
            if (next < 0) return [];
            line = line[(end + next + 1)..];
        }
        if (line.Length > 0 && line[0] == '"' && line[1..].IndexOf((byte)'"') is >= 0 and var close)
            return line.Slice(1, close).Trim((byte)' ');
        var stop = line.IndexOf(delimiter);
        return (stop < 0 ? line : line[..stop]).Trim((byte)' ');
    }
}
