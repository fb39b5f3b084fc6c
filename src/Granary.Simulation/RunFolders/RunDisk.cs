namespace Granary.Simulation.RunFolders;

/// <summary>
/// Checks whether the folder of runs can be written, by writing a small file: at most every two seconds as long as that succeeds.
/// </summary>
internal sealed class RunDisk(RunLibrary runs, TimeProvider clock)
{
    private const int Length = 64 << 10;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly string _file = Path.Combine(runs.Folder, $".ready-{Environment.ProcessId}");
    private long _checked;
    private string? _fault;

    /// <returns>The reason why no run can be written now, one sentence; null if there is none.</returns>
    public string? Fault()
    {
        lock (_lock)
        {
            if (_checked == 0 || _fault is not null || clock.GetElapsedTime(_checked) >= Every)
                (_fault, _checked) = (Check(), clock.GetTimestamp());
            return _fault;
        }
    }

    private string? Check()
    {
        try
        {
            Directory.CreateDirectory(runs.Folder);
            File.WriteAllBytes(_file, new byte[Length]);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the folder of the runs cannot be written ({e.Message.TrimEnd('.')}); make room, or correct its rights";
        }
        finally
        {
            Remove();
        }
    }

    private void Remove()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // If the folder cannot be written, there is no file to delete, and the error has already been reported.
        }
    }
}
