using Granary.Storage.Files;

namespace Granary.Storage.Tests.Files;

public sealed class FullDiskTests
{
    [Theory]
    [InlineData(28, "ENOSPC")]
    [InlineData(unchecked((int)0x80070070), "ERROR_DISK_FULL")]
    [InlineData(unchecked((int)0x80070027), "ERROR_HANDLE_DISK_FULL")]
    [InlineData(unchecked((int)0x8007050F), "ERROR_DISK_QUOTA_EXCEEDED")]
    public void A_full_disk_and_a_full_quota_are_known_by_their_codes(int code, string name) =>
        FullDisk.Is(new IOException("the write failed", code)).ShouldBeTrue(name);

    [Fact]
    public void A_full_quota_has_the_code_of_its_system()
    {
        FullDisk.Is(new IOException("Disk quota exceeded", 122)).ShouldBe(!OperatingSystem.IsMacOS());
        FullDisk.Is(new IOException("Disk quota exceeded", 69)).ShouldBe(OperatingSystem.IsMacOS());
    }

    // EIO, and ERROR_OUT_OF_PAPER and ERROR_INSUFFICIENT_BUFFER, whose numbers are those of ENOSPC and EDQUOT.
    [Theory]
    [InlineData(5)]
    [InlineData(unchecked((int)0x8007001C))]
    [InlineData(unchecked((int)0x8007007A))]
    public void Another_fault_of_the_disk_is_none(int code) => FullDisk.Is(new IOException("the write failed", code)).ShouldBeFalse();

    [Fact]
    public void A_write_to_a_full_device_is_known()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full, which Linux has");
        var fault = Should.Throw<IOException>(() =>
        {
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1);
            full.Write([1, 2, 3]);
        });
        FullDisk.Is(fault).ShouldBeTrue();
    }
}
