using Granary.Engine;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>Text forms of commands to a session.</summary>
internal static class SessionWords
{
    private static readonly (string Word, SessionCommand Command)[] All =
    [
        ("pause", SessionCommand.Pause), ("resume", SessionCommand.Resume), ("flatten", SessionCommand.Flatten),
        ("reload", SessionCommand.ReloadWeights), ("stop", SessionCommand.Stop), ("enable", SessionCommand.Enable),
        ("disable", SessionCommand.Disable), ("close", SessionCommand.Close),
        ("protect", SessionCommand.Protect), ("enter", SessionCommand.Enter), ("reverse", SessionCommand.Reverse),
    ];

    public static string Of(SessionCommand command) => All.First(c => c.Command == command).Word;

    /// <exception cref="InputException">It is not a command.</exception>
    public static SessionCommand Parse(string word) =>
        Array.Find(All, c => c.Word == word) is { Word: not null } found ? found.Command
            : throw new InputException($"'{word}' is not a command to a session; use {string.Join(", ", All.Select(c => c.Word))}");
}
