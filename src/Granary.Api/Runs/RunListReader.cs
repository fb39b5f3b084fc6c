using Granary.Application.RunFolders;
using Microsoft.Extensions.Hosting;

namespace Granary.Api.Runs;

/// <summary>Reads the list of runs while the server starts, so that the first caller does not wait for a folder of thousands.</summary>
internal sealed class RunListReader(RunLibrary library) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Read, CancellationToken.None);

    private void Read()
    {
        try
        {
            library.List(1, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Each caller gets this fault with its own answer.
        }
    }
}
