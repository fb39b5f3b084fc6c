namespace Granary.Reporting.Runs;

/// <summary>
/// What a <see cref="RunNote"/> is about. The order of the values is the order in which notes are shown, most important first.
/// A new kind of note is a new value here; results.json spells it in kebab case (<c>NoTrades</c> = <c>no-trades</c>).
/// </summary>
public enum NoteCode
{
    /// <summary>The run was stopped before its end.</summary>
    Interrupted,

    /// <summary>An account reached zero equity and was closed.</summary>
    Ruined,

    /// <summary>Strategies failed with an error.</summary>
    StrategiesFailed,

    /// <summary>Strategies, or the whole batch, made no trade; the sentence counts the reasons.</summary>
    NoTrades,

    /// <summary>A symbol's bars end before the batch's; positions or entries were affected.</summary>
    DataEnded,

    /// <summary>Entries were refused for a reason that a setting of the batch causes.</summary>
    EntriesRefused,

    /// <summary>The portfolio refused or resized entries since the cash did not suffice.</summary>
    CashShort,

    /// <summary>An accepted entry expired, since its symbol has no further bars.</summary>
    EntryExpired,

    /// <summary>The bars are not what the batch says, or have faults that change results.</summary>
    DataFinding,

    /// <summary>A value is legal but is probably a mistake: a percentage below 1, fast not below slow.</summary>
    Suspicious,

    /// <summary>Costs are zero.</summary>
    NoCosts,

    /// <summary>The record is too short for figures by the year.</summary>
    ShortRecord,

    /// <summary>The weights were chosen from the same bars that the figures are of.</summary>
    InSample,

    /// <summary>Strategies have identical results.</summary>
    Duplicates,

    /// <summary>A parameter or a pattern has no effect.</summary>
    WithoutEffect,

    /// <summary>Strategies were not warm for part of the run or all of it.</summary>
    WarmUp,

    /// <summary>Quantities of shares or contracts are fractional.</summary>
    FractionalShares,

    /// <summary>Volumes count ticks, not shares or contracts.</summary>
    TickVolume,

    /// <summary>A model could not be made or loaded.</summary>
    Learning,

    /// <summary>How the validation checks were made, or why one could not be made.</summary>
    Validation,

    /// <summary>How weights were chosen over time.</summary>
    Weights,

    /// <summary>What walk-forward figures are figures of.</summary>
    WalkForward,

    /// <summary>How fills within a bar were decided.</summary>
    Intrabar,

    /// <summary>A live session reports something.</summary>
    Session,

    /// <summary>The margin model that holds for the account.</summary>
    Margin,

    /// <summary>Files or rows that the run did not write, and how to get them.</summary>
    Output,
}
