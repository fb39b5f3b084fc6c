namespace Granary.Storage.Files;

/// <summary>Recognises a disk, or a quota, without room for another write.</summary>
internal static class FullDisk
{
    // ENOSPC is 28 everywhere. EDQUOT is 122 on Linux, and 69 on macOS, which Linux uses for another error.
    private const int NoSpace = 28, QuotaOfLinux = 122, QuotaOfMac = 69;

    // ERROR_DISK_FULL 112, ERROR_HANDLE_DISK_FULL 39 and ERROR_DISK_QUOTA_EXCEEDED 1295 as HRESULT.
    private const int WindowsFull = unchecked((int)0x80070070), WindowsHandleFull = unchecked((int)0x80070027),
        WindowsQuota = unchecked((int)0x8007050F);

    /// <summary>Whether an exception says that there was no room. .NET keeps errno, or the HRESULT of Windows, in its code.</summary>
    public static bool Is(Exception fault) => fault is IOException && (fault.HResult is NoSpace or WindowsFull or WindowsHandleFull
        or WindowsQuota || fault.HResult == (OperatingSystem.IsMacOS() ? QuotaOfMac : QuotaOfLinux));
}
