using Granary.Simulation.RunFolders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Runs;

/// <summary>
/// Reads the list of runs and the results of the newest one while the server starts. The first caller then does not wait for a folder of
/// thousands of runs, or for a file of thousands of strategies.
/// </summary>
internal sealed class RunListReader(RunLibrary library, ILogger<RunListReader> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Read, CancellationToken.None);

    private void Read()
    {
        try
        {
            // The newest run is the one that is likeliest to be opened.
            if (library.List(new RunQuery(1)).Items is [var newest, ..])
                new StrategyQuery(1, "id").Of(library.ResultsOf(newest.Id));
        }
        catch (Exception e)
        {
            // The server continues; each caller that requests the list gets the fault as an answer.
            log.LogWarning(e, "The runs could not be read at the start.");
        }
    }
}
