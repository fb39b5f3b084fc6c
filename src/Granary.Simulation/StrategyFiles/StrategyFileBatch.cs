namespace Granary.Simulation.StrategyFiles;

/// <summary>The batch of a strategy file.</summary>
/// <param name="Text">The text of a batch file, in UTF-8. It contains the file.</param>
/// <param name="Folder">Base folder of relative paths in the text.</param>
/// <param name="Guesses">What neither the call nor the file says, as "timeframe 1h, by …".</param>
public sealed record StrategyFileBatch(byte[] Text, string Folder, IReadOnlyList<string> Guesses);
