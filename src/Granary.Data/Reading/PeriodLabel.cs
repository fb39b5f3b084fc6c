namespace Granary.Data.Reading;

/// <summary>The meaning of the dates of days, weeks and months.</summary>
internal enum PeriodLabel
{
    /// <summary>The first day of a period of the file's own, which is kept.</summary>
    Own,

    /// <summary>A day of the week or month, such as its last trading day.</summary>
    Within,

    /// <summary>The weekend before a week, or the evening before a day or month, as sessions begin in UTC.</summary>
    Before,
}
