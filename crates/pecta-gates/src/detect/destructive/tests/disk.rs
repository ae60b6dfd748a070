//! Disks and their file systems.

use super::check;

const DESTRUCTIVE: &[&str] = &[
    "gzip -dc x.gz -> /dev/sda",
    "CMD [\"wipefs\", \"-a\", \"/dev/sda\"]",
    "CMD [\"zfs\", \"destroy\", \"tank\"]",
    "CMD [\"mkswap\", \"/dev/sda\"]",
    "CMD ['shred', '-u', 'keys.db']",
    "sfdisk /dev/sda < layout",
    "ddrescue -f a.img /dev/sdb",
    "[\"mkfs.ext4\", \"/dev/sdb1\"]",
    "dd if=/dev/zero of=/dev/sda",
    "dd of=/dev/nvme0n1 if=x bs=1M",
    "sudo dd if=/dev/urandom of=/dev/sda bs=1M status=progress",
    "mkfs.ext4 /dev/sda1",
    "mkfs -t ext4 /dev/sda1",
    "mkfs.xfs -f /dev/nvme0n1p1",
    "echo x > /dev/sda",
    "cat /dev/zero > /dev/sda",
    "cat x | sudo tee /dev/sda",
    "cp x.img /dev/sdb",
    "wipefs -a /dev/sda",
    "shred -n 3 /dev/sda",
    "shred -u secrets.txt",
    "parted /dev/sda mklabel gpt",
    "sgdisk --zap-all /dev/sda",
    "blkdiscard /dev/nvme0n1",
    "diskutil eraseDisk JHFS+ X disk2",
    "cryptsetup luksFormat /dev/sda2",
    "zpool destroy tank",
];

#[test]
fn destructive_commands_are_flagged() {
    check(true, DESTRUCTIVE);
}

const HARMLESS: &[&str] = &[
    "ddrescue /dev/sdb a.img",
    "sfdisk -d /dev/sda > layout",
    "dd if=/dev/zero of=disk.img bs=1M",
    "dd if=/dev/sda of=backup.img",
    "dd if=/dev/sda of=/dev/null",
    "mkfs.ext4 disk.img",
    "wipefs /dev/sda",
    "parted -l",
    "fdisk -l /dev/sda",
    "The disk was wiped with dd if=/dev/zero of=/dev/sda by the vendor.",
];

#[test]
fn what_destroys_nothing_is_left_alone() {
    check(false, HARMLESS);
}
