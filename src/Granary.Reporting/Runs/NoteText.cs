namespace Granary.Reporting.Runs;

/// <summary>Meaning of the notes' codes.</summary>
internal static class NoteText
{
    /// <summary>Explains a code in one or two sentences.</summary>
    public static string Explained(NoteCode code) => code switch
    {
        NoteCode.Interrupted => "The run was stopped before its end. The same call with --resume continues it.",
        NoteCode.Ruined => "An account reached zero equity and was closed; its return is -100 % at worst, and it ranks last.",
        NoteCode.StrategiesFailed => "Strategies ended with an error; results.json has the error of each.",
        NoteCode.NoTrades => "Strategies, or the whole batch, made no trade; the sentence counts the reasons.",
        NoteCode.DataEnded => "A symbol's bars end before those of the others. Positions stay open at the last close, or are closed there "
            + "(execution.atEnd); entries that wait expire.",
        NoteCode.EntriesRefused => "Entries were refused because of a setting of the batch, such as a size that needs a stop.",
        NoteCode.CashShort => "The portfolio refused entries, or made them smaller, because its cash did not suffice.",
        NoteCode.EntryExpired => "An accepted entry expired because its symbol has no further bars.",
        NoteCode.DataFinding => "The bars are not what the batch says, or have faults that change results; 'granary data check' shows "
            + "them.",
        NoteCode.Suspicious => "A value is legal and probably a mistake, such as a percentage below 1 or a fast average that is slower.",
        NoteCode.NoCosts => "No commission and no slippage is above zero.",
        NoteCode.ShortRecord => "The record has so few returns that figures by the year, such as the Sharpe ratio, are mostly chance.",
        NoteCode.Benchmark => "The benchmark cannot be compared, or is compared over the part of the run that it covers.",
        NoteCode.PeriodsPerYear => "How the periods per year, which annualise the ratios, were counted where the record is unusual.",
        NoteCode.InSample => "The weights were chosen on the bars that the figures are of; unseen bars will show less.",
        NoteCode.Duplicates => "Strategies have identical results; each group is weighted and counted once.",
        NoteCode.WithoutEffect => "A parameter or a pattern changes no result.",
        NoteCode.WarmUp => "Strategies had too few bars before their first decision for part of the run or all of it.",
        NoteCode.FractionalShares => "Quantities are fractions of a share; data.instruments sets a lot.",
        NoteCode.TickVolume => "Volumes count price changes, not shares or contracts, as MetaTrader exports them.",
        NoteCode.Learning => "A model could not be made or loaded; its strategies ran without it.",
        NoteCode.Validation => "How the validation checks were made, or why one could not be made.",
        NoteCode.Weights => "How weights were chosen over time.",
        NoteCode.WalkForward => "Which account and which bars the figures of a walk-forward are of.",
        NoteCode.Intrabar => "How the order of fills within a bar was decided.",
        NoteCode.Session => "A live session reports something about its account or its broker.",
        NoteCode.Universe => "The universe is unknown, or its members and the symbols of the source differ.",
        NoteCode.Margin => "The margin model of the account.",
        NoteCode.Output => "Files or rows that the run did not write, and how to get them.",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "a note without an explanation"),
    };
}
