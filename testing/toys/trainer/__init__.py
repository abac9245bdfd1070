"""Trainer: learns of each training set that the data lake makes."""
