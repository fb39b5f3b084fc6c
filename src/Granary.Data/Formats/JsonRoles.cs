using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>Members of JSON records that several vendors name alike.</summary>
internal static class JsonRoles
{
    /// <summary>t, o, h, l, c and v.</summary>
    public static ColumnRole OneLetter(string member) => member switch
    {
        "t" => ColumnRole.Time,
        "o" => ColumnRole.Open,
        "h" => ColumnRole.High,
        "l" => ColumnRole.Low,
        "c" => ColumnRole.Close,
        "v" => ColumnRole.Volume,
        _ => ColumnRole.Skip,
    };
}
