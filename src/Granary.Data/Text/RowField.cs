namespace Granary.Data.Text;

/// <summary>Finds one field of a row without splitting the others.</summary>
internal static class RowField
{
    /// <summary>Returns the field without surrounding blanks and quotation marks; empty if the row has fewer fields.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, byte delimiter, int column)
    {
        for (var i = 0; i < column; i++)
        {
            var end = CloseOf(line) + 1;
            var next = line[end..].IndexOf(delimiter);
            if (next < 0) return [];
            line = line[(end + next + 1)..];
        }
        if (CloseOf(line) is > 0 and var close) return Plain(line[1..close]).Trim((byte)' ');
        var stop = line.IndexOf(delimiter);
        return (stop < 0 ? line : line[..stop]).Trim((byte)' ');
    }

    // The index of the mark that closes a quoted field; -1 for a field without quotes, or without an end. Two marks stand for one.
    private static int CloseOf(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0 || line[0] != '"') return -1;
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] != '"') continue;
            if (i + 1 == line.Length || line[i + 1] != '"') return i;
            i++;
        }
        return -1;
    }

    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> quoted)
    {
        if (!quoted.Contains((byte)'"')) return quoted;
        var plain = new List<byte>(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            plain.Add(quoted[i]);
            if (quoted[i] == '"') i++;
        }
        return plain.ToArray();
    }
}
