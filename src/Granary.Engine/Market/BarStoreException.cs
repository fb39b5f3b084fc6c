namespace Granary.Engine.Market;

/// <summary>
/// The disk, or the server behind a source, failed while bars were read or written: no permission, no space, no connection.
/// The message is one sentence that names the place and the remedy, and is shown to users as it is (exit code 1).
/// </summary>
internal sealed class BarStoreException : Exception
{
    public BarStoreException()
    {
    }

    public BarStoreException(string message) : base(message)
    {
    }

    public BarStoreException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
