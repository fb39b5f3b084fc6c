using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Gives each command once market time has reached it. A restarted session gets them all again.</summary>
internal sealed class ScriptedControl(params (long At, IssuedCommand Command)[] commands) : ISessionControl
{
    public long Now { get; set; }

    public List<LiveStatus> Answers { get; } = [];

    /// <summary>The number of commands that were given.</summary>
    public int Taken => _given.Count;

    private readonly HashSet<string> _given = [];

    public IReadOnlyList<IssuedCommand> Take()
    {
        List<IssuedCommand> due = [];
        for (var i = 0; i < commands.Length; i++)
            if (commands[i].At <= Now && _given.Add($"c{i}")) due.Add(commands[i].Command with { Id = $"c{i}" });
        return due;
    }

    public void Again()
    {
        Now = 0;
        _given.Clear();
    }

    public void Show(LiveStatus status, bool now)
    {
        if (now) Answers.Add(status);
    }
}
