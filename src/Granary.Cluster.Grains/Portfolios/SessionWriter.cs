using Granary.Cluster.Portfolios;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Writes the record of a session, one write at a time, since commands arrive while the attempt is followed.</summary>
internal sealed partial class SessionWriter(string account, IPersistentState<SessionRecord> session, ILogger logger)
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    public async Task WriteAsync()
    {
        await _writing.WaitAsync();
        try
        {
            await session.WriteStateAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Stores a command until it is executed. A stop is passed on even if it cannot be stored.</summary>
    /// <returns>Why a stop could not be stored; null if the command is stored.</returns>
    public async Task<string?> KeepAsync(IssuedCommand command)
    {
        session.State.Commands.Add(command);
        try
        {
            await WriteAsync();
            return null;
        }
        catch (Exception e) when (command.Command == SessionCommand.Stop)
        {
            NotStored(logger, account, e.Message);
            return e.Message.TrimEnd('.');
        }
        catch
        {
            session.State.Commands.Remove(command);
            throw;
        }
    }

    [LoggerMessage(8, LogLevel.Warning, "Live session of {Account}: its stop is passed on and could not be stored: {Reason}")]
    private static partial void NotStored(ILogger logger, string account, string reason);
}
