namespace Granary.Data.Text;

/// <summary>Abbreviations of time zones that stand for one offset from UTC. CST and IST stand for several.</summary>
internal static class ZoneAbbreviation
{
    /// <summary>The offset of an abbreviation in minutes, positive east of UTC.</summary>
    public static bool TryOffset(ReadOnlySpan<byte> name, out int minutes)
    {
        minutes = 0;
        if (name.Length is < 3 or > 4 || name[0] is < (byte)'A' or > (byte)'Z') return false;
        var hours = 0;
        if (name.SequenceEqual("EST"u8)) hours = -5;
        else if (name.SequenceEqual("EDT"u8)) hours = -4;
        else if (name.SequenceEqual("CDT"u8)) hours = -5;
        else if (name.SequenceEqual("PST"u8)) hours = -8;
        else if (name.SequenceEqual("PDT"u8)) hours = -7;
        else if (name.SequenceEqual("BST"u8) || name.SequenceEqual("CET"u8)) hours = 1;
        else if (name.SequenceEqual("CEST"u8)) hours = 2;
        else if (name.SequenceEqual("HKT"u8) || name.SequenceEqual("SGT"u8)) hours = 8;
        else if (name.SequenceEqual("JST"u8) || name.SequenceEqual("KST"u8)) hours = 9;
        else if (name.SequenceEqual("AEST"u8)) hours = 10;
        else if (name.SequenceEqual("AEDT"u8)) hours = 11;
        minutes = hours * 60;
        return hours != 0;
    }
}
