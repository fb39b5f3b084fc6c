namespace Granary.Reporting.Runs;

/// <summary>
/// Topic of a <see cref="RunNote"/>. Notes are shown in the order of the values, most important first. A new kind of note is a new value
/// here; results.json writes it in kebab case (<c>NoTrades</c> = <c>no-trades</c>).
/// </summary>
internal enum NoteCode
{
    /// <summary>The run was stopped before its end.</summary>
    Interrupted,

    /// <summary>An account reached zero equity and was closed.</summary>
    Ruined,

    /// <summary>Strategies failed with an error.</summary>
    StrategiesFailed,

    /// <summary>Strategies, or the whole batch, made no trade; the sentence gives the number for each reason.</summary>
    NoTrades,

    /// <summary>A symbol's bars end before the batch's; positions or entries were affected.</summary>
    DataEnded,

    /// <summary>Entries were refused for a reason that a setting of the batch causes.</summary>
    EntriesRefused,

    /// <summary>The portfolio refused or reduced entries because of insufficient cash.</summary>
    CashShort,

    /// <summary>An accepted entry expired because its symbol has no further bars.</summary>
    EntryExpired,

    /// <summary>The bars differ from the batch's description, or have faults that change results.</summary>
    DataFinding,

    /// <summary>A value is valid but probably a mistake, such as a percentage below 1, or fast not below slow.</summary>
    Suspicious,

    /// <summary>Costs are zero.</summary>
    NoCosts,

    /// <summary>The record is too short for annualized figures.</summary>
    ShortRecord,

    /// <summary>The benchmark covers a part of the run only, or cannot be compared.</summary>
    Benchmark,

    /// <summary>The count of periods per year of a record that does not follow a convention.</summary>
    PeriodsPerYear,

    /// <summary>The weights were selected on the same bars that the figures are computed from.</summary>
    InSample,

    /// <summary>The universe is unknown, or its members and the source's symbols differ.</summary>
    Universe,

    /// <summary>Strategies have identical results.</summary>
    Duplicates,

    /// <summary>A parameter or a pattern has no effect.</summary>
    WithoutEffect,

    /// <summary>Strategies were in warm-up for part of the run or all of it.</summary>
    WarmUp,

    /// <summary>Quantities of shares or contracts are fractional.</summary>
    FractionalShares,

    /// <summary>Volumes count ticks, not shares or contracts.</summary>
    TickVolume,

    /// <summary>A model could not be created or loaded.</summary>
    Learning,

    /// <summary>Method of the validation checks, or the reason why one could not be made.</summary>
    Validation,

    /// <summary>Method by which weights were chosen over time.</summary>
    Weights,

    /// <summary>Basis of the walk-forward figures.</summary>
    WalkForward,

    /// <summary>Order in which fills within a bar were decided.</summary>
    Intrabar,

    /// <summary>A note of a live session.</summary>
    Session,

    /// <summary>The margin model of the account.</summary>
    Margin,

    /// <summary>Files or rows that the run omitted, with a way to get them.</summary>
    Output,
}
