using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>Roles of the member names that several vendors use in JSON records.</summary>
internal static class JsonRoles
{
    /// <summary>Recognizes the names t, o, h, l, c and v.</summary>
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
