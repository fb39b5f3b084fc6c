using Granary.Application.Json;
using Granary.Engine.Brokerage;

namespace Granary.Application.Live;

/// <summary>Commands to a session as people write them.</summary>
public static class SessionWords
{
    /// <exception cref="InputException">It is no command.</exception>
    public static SessionCommand Parse(string word) => word switch
    {
        "pause" => SessionCommand.Pause,
        "resume" => SessionCommand.Resume,
        "flatten" => SessionCommand.Flatten,
        "reload" => SessionCommand.ReloadWeights,
        "stop" => SessionCommand.Stop,
        "enable" => SessionCommand.Enable,
        "disable" => SessionCommand.Disable,
        _ => throw new InputException($"'{word}' is no command to a session; use status, pause, resume, flatten, reload, stop, enable, "
            + $"disable or journal"),
    };
}
