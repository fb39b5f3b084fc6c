using Granary.Simulation.RunFolders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Runs;

/// <summary>Reads the list of runs while the server starts, so that the first caller does not wait for a folder of thousands.</summary>
internal sealed class RunListReader(RunLibrary library, ILogger<RunListReader> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Read, CancellationToken.None);

    private void Read()
    {
        try
        {
            library.List(new RunQuery(1));
        }
        catch (Exception e)
        {
            // The server continues; each caller that requests the list gets the fault as an answer.
            log.LogWarning(e, "The list of runs could not be read at the start.");
        }
    }
}
